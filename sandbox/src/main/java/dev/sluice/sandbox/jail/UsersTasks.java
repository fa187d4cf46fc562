package dev.sluice.sandbox.jail;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * How many tasks this server's user has, looked up at most once in two seconds: to count them all
 * takes milliseconds, and they only loosen a limit that the watchdog keeps exactly. Thread-safe.
 */
final class UsersTasks implements IntSupplier {
    private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(2);
    private final int uid;
    private long counted = System.nanoTime() - VALID_NANOS - 1;
    private int tasks;

    UsersTasks() {
        String status = Processes.read("/proc/self/status");
        int line = status == null ? -1 : status.indexOf("\nUid:\t") + 6;
        this.uid =
                status == null
                        ? 0
                        : Integer.parseInt(status.substring(line, status.indexOf('\t', line)));
    }

    @Override
    public synchronized int getAsInt() {
        if (System.nanoTime() - counted > VALID_NANOS) {
            tasks = Processes.tasksOf(uid);
            counted = System.nanoTime();
        }
        return tasks;
    }
}
