package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Rulesets of Landlock (linux/landlock.h, Documentation/userspace-api/landlock.rst): everything is
 * denied beneath which no rule was added. All rights that this kernel knows are handled, no network
 * right is granted, and signals and abstract sockets are scoped.
 */
final class Landlock {
    private static final long EXECUTE = 1L;
    private static final long WRITE_FILE = 1L << 1;
    private static final long READ_FILE = 1L << 2;
    private static final long READ_DIR = 1L << 3;
    private static final long MAKE_CHAR = 1L << 6;
    private static final long MAKE_BLOCK = 1L << 11;
    private static final long TRUNCATE = 1L << 14;
    private static final long IOCTL_DEV = 1L << 15;
    private static final long ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;
    private static final int VERSION = 1;
    private static final int PATH_BENEATH = 1;

    /** The version since which it keeps signals within. */
    static final int SCOPES_SIGNALS = 6;

    /** What one rule grants. */
    enum Access {
        READ_EXECUTE(EXECUTE | READ_FILE | READ_DIR),
        READ_WRITE(~(EXECUTE | MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV));

        private final long rights;

        Access(long rights) {
            this.rights = rights;
        }
    }

    private final Kernel kernel;
    private final long handled;

    /** The version of the kernel's interface; negative if there is none. */
    final int abi;

    Landlock(Kernel kernel) {
        this.kernel = kernel;
        this.abi = (int) kernel.call("landlock_create_ruleset", 0, 0, VERSION);
        this.handled = abi >= 5 ? 0xFFFF : abi >= 3 ? 0x7FFF : abi == 2 ? 0x3FFF : 0x1FFF;
    }

    /** A ruleset's descriptor, to be closed by the caller. */
    int ruleset() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(24, 8);
            attributes.set(JAVA_LONG, 0, handled);
            attributes.set(JAVA_LONG, 8, 3); // bind and connect of TCP
            attributes.set(JAVA_LONG, 16, 3); // abstract sockets and signals
            long size = abi >= SCOPES_SIGNALS ? 24 : abi >= 4 ? 16 : 8;
            return (int)
                    Kernel.check(
                            "landlock_create_ruleset",
                            kernel.call("landlock_create_ruleset", attributes.address(), size, 0));
        }
    }

    /** Grants access to what a descriptor (O_PATH suffices) names, and to all beneath it. */
    void grant(int ruleset, int path, boolean folder, Access access) {
        long rights = access.rights & handled & (folder ? ~0L : ON_FILES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rule = arena.allocate(12, 8);
            rule.set(JAVA_LONG, 0, rights);
            rule.set(JAVA_INT, 8, path);
            Kernel.check(
                    "landlock_add_rule",
                    kernel.call("landlock_add_rule", ruleset, PATH_BENEATH, rule.address(), 0));
        }
    }
}
