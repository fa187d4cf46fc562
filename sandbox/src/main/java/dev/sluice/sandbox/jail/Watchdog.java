package dev.sluice.sandbox.jail;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread that looks at the processes of all attempts and ends those beyond a limit. The kernel
 * has no event for what a tree of processes uses, so this polls: often while an attempt is young or
 * near its limit, ten times a second otherwise, and not at all while nothing runs.
 */
final class Watchdog {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** One that is watched. */
    interface Watched {
        /** Looks; tells in how many nanoseconds it wants to be looked at again. */
        long look();

        /** Ends it, since it cannot be watched. */
        long giveUp(RuntimeException why);
    }

    private final Processes processes;
    private final Set<Watched> attempts = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    Watchdog(Processes processes) {
        this.processes = processes;
        this.thread = Thread.ofPlatform().daemon().name("jail-watchdog").start(this::watch);
    }

    void add(Watched attempt) {
        attempts.add(attempt);
        LockSupport.unpark(thread);
    }

    void remove(Watched attempt) {
        attempts.remove(attempt);
    }

    private @Nullable RuntimeException look(int since) {
        try {
            processes.look(since);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private void watch() {
        int before = Processes.newest();
        int last = before;
        while (true) {
            if (attempts.isEmpty()) {
                LockSupport.park(this);
                continue;
            }
            LockSupport.parkNanos(this, SHORTEST_NANOS);
            // from the last look but one, since a process in the making has a number already
            int newest = Processes.newest();
            RuntimeException blind = look(before);
            before = last;
            last = newest;
            long pause = LONGEST_NANOS;
            for (Watched attempt : attempts) {
                pause = Math.min(pause, blind == null ? attempt.look() : attempt.giveUp(blind));
            }
            LockSupport.parkNanos(this, Math.max(0, pause - SHORTEST_NANOS));
        }
    }
}
