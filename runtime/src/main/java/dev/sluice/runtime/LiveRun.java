package dev.sluice.runtime;

import dev.sluice.engine.Effect;
import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.JournalStore.RunRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A run in memory. Belongs to the writer thread, but for {@code fold}'s ended tasks and {@code
 * ended}.
 */
final class LiveRun {
    final FlowCatalog.Ready flow;
    final RunFold fold;
    final CompletableFuture<RunFold> ended;

    /** As committed. */
    RunRow row;

    int nextSeq;

    /**
     * Left by another process and not yet told to go on: decisions are kept, effects are not
     * released.
     */
    boolean dormant;

    /** Whether the run has been committed to at least once. */
    boolean stored;

    // What the batch at hand adds.
    final List<RunEvent> newEvents = new ArrayList<>();
    final List<Effect> newEffects = new ArrayList<>();
    final List<CacheEntry> newCached = new ArrayList<>();

    LiveRun(FlowCatalog.Ready flow, RunFold fold, RunRow row, CompletableFuture<RunFold> ended) {
        this.flow = flow;
        this.fold = fold;
        this.row = row;
        this.ended = ended;
    }

    boolean touched() {
        return !newEvents.isEmpty();
    }

    void clearBatch() {
        newEvents.clear();
        newEffects.clear();
        newCached.clear();
    }
}
