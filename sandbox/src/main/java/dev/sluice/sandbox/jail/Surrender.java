package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sluice.sandbox.jail.Confinement.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a thread gives up before it starts a child, as the system calls that do it. */
final class Surrender {
    static final int DAC_READ_SEARCH = 2;
    static final int SETPCAP = 8;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int SECBIT_NO_SETUID_FIXUP = 1 << 2;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int CAP_AMBIENT_RAISE = 2;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private Surrender() {}

    static List<Step> become(int uid) {
        return List.of(
                new Step("setgroups", 0, 0),
                new Step("setresgid", uid, uid, uid),
                new Step("setresuid", uid, uid, uid));
    }

    /**
     * What the launch thread does to itself. The last step installs the filter.
     *
     * @param lendReach whether the attempt's user must pass folders that only root may enter, such
     *     as root's home: it then keeps the power to search and read (CAP_DAC_READ_SEARCH), for
     *     what Landlock grants. To stay root without powers instead would be worse: the kernel does
     *     not limit the number of root's processes
     * @param ruleset of Landlock, or negative for none
     * @param filter of seccomp, which has the gate
     */
    static List<Step> steps(
            Arena arena,
            Jail.Parts parts,
            @Nullable Integer uid,
            boolean lendReach,
            int ruleset,
            byte[] filter) {
        var steps = new ArrayList<Step>();
        if (uid != null) {
            if (lendReach) {
                // Else access(2) would judge by the user alone, and `sort` or `test -r` would
                // refuse files that open(2) gives them.
                steps.add(new Step("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0));
            }
            steps.add(new Step("prctl", PR_SET_KEEPCAPS, lendReach ? 1 : 0, 0, 0, 0));
            steps.addAll(become(uid));
        }
        MemorySegment header = arena.allocate(8, 8);
        header.set(JAVA_INT, 0, CAPABILITY_VERSION_3);
        MemorySegment capabilities = arena.allocate(24, 8);
        if (lendReach) {
            for (int set = 0; set < 3; set++) { // effective, permitted, inheritable
                capabilities.set(JAVA_INT, 4L * set, 1 << DAC_READ_SEARCH);
            }
        }
        steps.add(new Step("capset", header.address(), capabilities.address()));
        if (lendReach) {
            steps.add(new Step("prctl", PR_CAP_AMBIENT, CAP_AMBIENT_RAISE, DAC_READ_SEARCH, 0, 0));
        }
        steps.add(new Step("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        if (ruleset >= 0) {
            steps.add(new Step("landlock_restrict_self", ruleset, 0));
        }
        MemorySegment program = arena.allocate(16, 8);
        program.set(JAVA_SHORT, 0, (short) (filter.length / 8));
        program.set(
                JAVA_LONG,
                8,
                arena.allocate(filter.length, 8).copyFrom(MemorySegment.ofArray(filter)).address());
        steps.add(
                new Step(
                        "seccomp",
                        SECCOMP_SET_MODE_FILTER,
                        SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        program.address()));
        return steps;
    }
}
