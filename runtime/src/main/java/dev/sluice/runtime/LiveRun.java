package dev.sluice.runtime;

import dev.sluice.engine.Effect;
import dev.sluice.engine.EventCodec;
import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.model.Digest;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.JournalStore.RunRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A run in memory. Belongs to the writer thread, but for {@code fold}'s ended tasks, {@code ended}
 * and what is final.
 */
final class LiveRun {
    /** In place of a task: the run as a whole. */
    static final int ITSELF = -1;

    final FlowCatalog.Ready flow;
    final RunFold fold;
    final CompletableFuture<RunFold> ended;

    /** How far the run's last event is ahead of the clock, which was set back since. */
    final long aheadMicros;

    private final Map<TimerKey, Future<?>> timers;

    /** As committed. */
    RunRow row;

    int nextSeq;

    /**
     * Left by another process and not yet told to go on: decisions are kept, but nothing starts.
     */
    boolean dormant;

    /** Whether the run has been committed to at least once. */
    boolean stored;

    // What the batch at hand adds.
    final List<RunEvent> newEvents = new ArrayList<>();
    final List<Effect> newEffects = new ArrayList<>();
    final List<CacheEntry> newCached = new ArrayList<>();

    /** Whether the run stops being dormant with this batch. */
    boolean wakes;

    private record TimerKey(int task, int item) {}

    /** A new run. */
    LiveRun(FlowCatalog.Ready flow, RunFold fold, RunRow row, CompletableFuture<RunFold> ended) {
        this.flow = flow;
        this.fold = fold;
        this.row = row;
        this.ended = ended;
        this.aheadMicros = 0;
        this.timers = new HashMap<>();
    }

    /**
     * A run that was folded.
     *
     * @param before what was in memory of it until a commit failed, or null
     */
    LiveRun(
            FlowCatalog.Ready flow,
            RunFold fold,
            RunRow row,
            Clock clock,
            @Nullable LiveRun before) {
        this.flow = flow;
        this.fold = fold;
        this.row = row;
        this.aheadMicros =
                before == null
                        ? Math.max(0, fold.lastAt() - clock.nowMicros())
                        : before.aheadMicros;
        this.ended = before == null ? new CompletableFuture<>() : before.ended;
        this.timers = before == null ? new HashMap<>() : before.timers;
        this.dormant = before == null || before.dormant;
    }

    /** The time of the run's next event. */
    long nowMicros(Clock clock) {
        return clock.nowMicros() + aheadMicros;
    }

    boolean isAtRest() {
        return dormant && !wakes;
    }

    boolean touched() {
        return !newEvents.isEmpty();
    }

    /** What the batch at hand adds to the journal; the row becomes the run's own. */
    Append append() {
        RunRow now =
                new RunRow(
                        row.tenant(),
                        row.id(),
                        row.flow(),
                        row.version(),
                        fold.state(),
                        fold.submitted().at(),
                        fold.startedAt(),
                        fold.endedAt(),
                        row.key(),
                        row.parent());
        boolean changed = !stored || !now.equals(row);
        row = now;
        List<Digest> references = new ArrayList<>();
        newEvents.forEach(event -> References.of(event, references));
        return new Append(
                row,
                changed,
                nextSeq,
                EventCodec.encode(newEvents),
                references,
                List.copyOf(newCached));
    }

    void clearBatch() {
        newEvents.clear();
        newEffects.clear();
        newCached.clear();
        wakes = false;
    }

    /**
     * Keeps a timer of a task's item, or of the run itself ({@link #ITSELF}), instead of the last
     * one.
     */
    void arm(int task, int item, Future<?> timer) {
        Future<?> before = timers.put(new TimerKey(task, item), timer);
        if (before != null) {
            before.cancel(false);
        }
    }

    void disarm(int task, int item) {
        timers.remove(new TimerKey(task, item));
    }

    void disarmAll() {
        timers.values().forEach(timer -> timer.cancel(false));
        timers.clear();
    }
}
