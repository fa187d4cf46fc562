package dev.sluice.runtime;

import dev.sluice.model.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts on virtual threads, heavy ones only as many at once as there are slots.
 * Thread-safe.
 */
final class Dispatcher {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Runs.Ground ground;
    private final Watchers watchers;
    private final Timers timers;
    private final Reports reports;
    private final Semaphore slots;
    private final Map<Key, Attempt> running = new ConcurrentHashMap<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("sluice-attempt-", 0).factory());

    record Key(RunId run, int task, int item) {}

    /** Takes the report of an attempt's end. */
    interface Reports {
        void add(Request.Tell report);
    }

    Dispatcher(Runs.Ground ground, Watchers watchers, Timers timers, Reports reports) {
        this.ground = ground;
        this.watchers = watchers;
        this.timers = timers;
        this.reports = reports;
        this.slots = new Semaphore(ground.processSlots(), true);
    }

    void dispatch(LiveRun run, int task, int item, int number) {
        Attempt attempt = new Attempt(this, run, task, item, number);
        if (running.putIfAbsent(attempt.key(), attempt) == null) {
            threads.execute(attempt);
        }
    }

    void abort(RunId run, int task, int item) {
        Attempt attempt = running.get(new Key(run, task, item));
        if (attempt != null) {
            attempt.stop(Attempt.Stop.CANCELLED);
        }
    }

    /**
     * @param report null if the attempt is not to be reported
     */
    void ended(Attempt attempt, Request.@Nullable Tell report) {
        running.remove(attempt.key(), attempt);
        if (report != null) {
            reports.add(report);
        }
    }

    /** Ends every attempt and waits until their processes are gone, for a while. */
    void close() {
        running.values().forEach(attempt -> attempt.stop(Attempt.Stop.CLOSING));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                ground.trouble()
                        .accept(
                                running.size()
                                        + " attempts did not end within "
                                        + GRACE.toSeconds()
                                        + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * When the oldest attempt under way began, or the far future: what it has stored may not be
     * referred to yet.
     */
    long oldestStartMicros() {
        return running.values().stream()
                .mapToLong(Attempt::createdMicros)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    Runs.Ground ground() {
        return ground;
    }

    Watchers watchers() {
        return watchers;
    }

    Timers timers() {
        return timers;
    }

    Semaphore slots() {
        return slots;
    }
}
