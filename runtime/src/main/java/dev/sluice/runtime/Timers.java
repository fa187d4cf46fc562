package dev.sluice.runtime;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Things to do later, on one thread that sleeps until the next is due. The tasks must not block.
 * Thread-safe.
 */
final class Timers implements AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;

    Timers() {
        executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name("sluice-timers").daemon().factory());
        executor.setRemoveOnCancelPolicy(true);
        executor.setRejectedExecutionHandler(
                new ThreadPoolExecutor.DiscardPolicy()); // closed: the next owner sees to it
    }

    void after(long micros, Runnable task) {
        var _ = cancellable(micros, task);
    }

    Future<?> cancellable(long micros, Runnable task) {
        return executor.schedule(task, Math.max(0, micros), TimeUnit.MICROSECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
