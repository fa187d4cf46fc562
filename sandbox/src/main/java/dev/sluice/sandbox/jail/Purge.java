package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Kills all processes of an attempt's own user in one system call, which the kernel makes whole:
 * nothing can fork away from it, however many there are. {@code kill(-1)} reaches whatever its
 * caller may signal, so it is made by a thread that has become that user and has laid down all its
 * powers, and only after the kernel has confirmed both. It never reaches the server itself, which
 * the kernel leaves out as the caller's own.
 *
 * <p>Like {@link Confinement} it loads nothing and starts nothing while it is another user.
 */
final class Purge implements Runnable {
    private static final long CAPABILITY_VERSION_3 = 0x20080522L;
    private static final long SIGKILL = 9;
    private static final int NOBODY = -1;

    private final MemorySegment errno;
    private final MemorySegment ids;
    private final MemorySegment header;
    private final MemorySegment powers;
    private final int uid;
    private final long setgroups;
    private final long setresgid;
    private final long setresuid;
    private final long capset;
    private final long capget;
    private final long getresuid;
    private final long kill;

    private Purge(Arena arena, Syscalls calls, int uid) {
        this.uid = uid;
        this.errno = Native.errnoSegment(arena);
        this.ids = arena.allocate(12, 4);
        this.header = arena.allocate(8, 8);
        this.powers = arena.allocate(24, 8);
        header.set(JAVA_INT, 0, (int) CAPABILITY_VERSION_3);
        this.setgroups = calls.number("setgroups");
        this.setresgid = calls.number("setresgid");
        this.setresuid = calls.number("setresuid");
        this.capset = calls.number("capset");
        this.capget = calls.number("capget");
        this.getresuid = calls.number("getresuid");
        this.kill = calls.number("kill");
    }

    /** Walks all of it but the kill, without becoming anybody. */
    static void rehearse(Kernel kernel) throws InterruptedException {
        start(kernel, NOBODY).join();
    }

    /** Kills the processes of a user that belongs to one attempt alone. */
    static void kill(Kernel kernel, int uid) {
        if (uid < Slots.LOWEST_UID) {
            throw new IllegalArgumentException("user " + uid + " is no attempt's own");
        }
        Thread thread = start(kernel, uid);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // a few system calls, then it is done
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread start(Kernel kernel, int uid) {
        // closed by the collector: the thread may outlive the call
        var purge = new Purge(Arena.ofAuto(), kernel.calls, uid);
        return Thread.ofPlatform().daemon().name("jail-purge").start(purge);
    }

    @Override
    public void run() {
        try {
            if (uid != NOBODY
                    && (call(setgroups, 0, 0, 0) != 0
                            || call(setresgid, uid, uid, uid) != 0
                            || call(setresuid, uid, uid, uid) != 0
                            || call(capset, header.address(), powers.address(), 0) != 0)) {
                return;
            }
            if (isTheUserAndPowerless()) {
                long ignored = call(kill, -1, SIGKILL, 0);
            }
        } catch (Throwable e) {
            return; // what was not killed is killed one by one
        }
    }

    private boolean isTheUserAndPowerless() throws Throwable {
        long at = ids.address();
        powers.set(JAVA_LONG, 0, -1L);
        return call(getresuid, at, at + 4, at + 8) == 0
                && call(capget, header.address(), powers.address(), 0) == 0
                && powers.get(JAVA_INT, 0) == 0 // effective, then permitted
                && powers.get(JAVA_INT, 4) == 0
                && powers.get(JAVA_INT, 12) == 0
                && powers.get(JAVA_INT, 16) == 0
                && uid >= Slots.LOWEST_UID
                && ids.get(JAVA_INT, 0) == uid
                && ids.get(JAVA_INT, 4) == uid
                && ids.get(JAVA_INT, 8) == uid;
    }

    private long call(long number, long a, long b, long c) throws Throwable {
        return (long) Native.CALL.invokeExact(Native.SYSCALL, errno, number, a, b, c, 0L, 0L, 0L);
    }
}
