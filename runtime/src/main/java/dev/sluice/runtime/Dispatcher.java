package dev.sluice.runtime;

import dev.sluice.model.Outcome;
import dev.sluice.model.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
    private final Clock clock;
    private final Watchers watchers;
    private final Timers timers;
    private final Reports reports;
    private final Semaphore slots;
    private final Map<Key, Attempt> running = new ConcurrentHashMap<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("sluice-attempt-", 0).factory());

    /** Attempts whose end is not durable yet: the journal does not refer to what they stored. */
    private final Set<Attempt> unsettled = ConcurrentHashMap.newKeySet();

    private volatile boolean closing;

    record Key(RunId run, int task, int item) {}

    /** Takes the report of an attempt's end. */
    interface Reports {
        void add(Request.Tell report);
    }

    Dispatcher(Runs.Ground ground, Clock clock, Watchers watchers, Timers timers, Reports reports) {
        this.clock = clock;
        this.ground = ground;
        this.watchers = watchers;
        this.timers = timers;
        this.reports = reports;
        this.slots = new Semaphore(ground.processSlots(), true);
    }

    void dispatch(LiveRun run, int task, int item, int number) {
        Attempt attempt = new Attempt(this, run, task, item, number);
        if (running.putIfAbsent(attempt.key(), attempt) != null) {
            return;
        }
        unsettled.add(attempt);
        try {
            threads.execute(attempt);
        } catch (RejectedExecutionException _) {
            ended(attempt, null); // the next owner starts it
        }
        if (closing) {
            attempt.stop(Attempt.Stop.CLOSING);
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
        if (report == null) {
            settled(attempt);
        } else {
            reports.add(report);
        }
    }

    void settled(Attempt attempt) {
        unsettled.remove(attempt);
    }

    /** Ends every attempt and waits until their processes are gone, for a while. */
    void close() {
        closing = true;
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
     * When the oldest attempt began that is under way or not durably reported, or the far future:
     * what it has stored may not be referred to yet.
     */
    long oldestStartMicros() {
        return unsettled.stream().mapToLong(Attempt::createdMicros).min().orElse(Long.MAX_VALUE);
    }

    /** Task types wait by the wall clock; what is between the two is added. */
    Outcome onTheRunsClock(LiveRun run, Outcome outcome) {
        return outcome instanceof Outcome.WaitUntil w
                ? new Outcome.WaitUntil(
                        w.epochMicros() + run.nowMicros(clock) - clock.wallMicros(), w.outputs())
                : outcome;
    }

    long wallMicros() {
        return clock.wallMicros();
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
