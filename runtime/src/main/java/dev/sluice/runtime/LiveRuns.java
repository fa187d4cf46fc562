package dev.sluice.runtime;

import dev.sluice.engine.EventCodec;
import dev.sluice.engine.RunFold;
import dev.sluice.engine.RunIdentity;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.JournalStore.RunRow;
import dev.sluice.spi.StoreException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The runs in memory, folded from the journal when first needed. Belongs to the writer thread. */
final class LiveRuns {
    private final JournalStore journal;
    private final FlowCatalog catalog;
    private final Clock clock;
    private final Map<RunId, LiveRun> runs = new HashMap<>();

    /** Runs whose commit failed: who waits for them, and their timers, outlive their fold. */
    private final Map<RunId, LiveRun> untrusted = new HashMap<>();

    LiveRuns(JournalStore journal, FlowCatalog catalog, Clock clock) {
        this.journal = journal;
        this.catalog = catalog;
        this.clock = clock;
    }

    Collection<LiveRun> all() {
        return runs.values();
    }

    void add(LiveRun run) {
        runs.put(run.row.id(), run);
    }

    /** The run in memory, folded from the journal if it is not there yet. */
    LiveRun load(TenantId tenant, RunId id) throws RefusedException, StoreException {
        LiveRun known = runs.get(id);
        if (known != null && known.row.tenant().equals(tenant)) {
            return known;
        }
        RunRow row = journal.find(tenant, id);
        if (row == null) {
            throw notFound(id);
        }
        FlowCatalog.Ready flow = catalog.find(tenant, row.flow(), row.version());
        List<byte[]> payloads = journal.events(tenant, id);
        RunFold fold = fold(row, flow, payloads);
        LiveRun run = new LiveRun(flow, fold, row, clock, untrusted.remove(id));
        run.nextSeq = payloads.size();
        run.stored = true;
        runs.put(id, run);
        return run;
    }

    /** Whether the run has ended and is not in memory: what is told to it now is of no use. */
    boolean isPast(TenantId tenant, RunId id) throws StoreException {
        if (runs.containsKey(id)) {
            return false;
        }
        RunRow row = journal.find(tenant, id);
        return row == null || row.state().isEnded();
    }

    void forgetIfEnded(LiveRun run) {
        if (run.row.state().isEnded() && !run.touched()) {
            forget(run);
        }
    }

    void forget(LiveRun run) {
        runs.remove(run.row.id());
    }

    /** What is in memory of this run was not committed: it is folded again when next needed. */
    void distrust(LiveRun run) {
        runs.remove(run.row.id());
        if (run.stored) {
            untrusted.put(run.row.id(), run);
        }
    }

    static RefusedException notFound(RunId id) {
        return new RefusedException(
                RefusedException.Reason.NOT_FOUND,
                "there is no run " + id + "; list them with: sluice runs ls");
    }

    static RunFold fold(RunRow row, FlowCatalog.Ready flow, List<byte[]> payloads) {
        RunFold fold =
                new RunFold(
                        new RunIdentity(row.tenant(), row.id(), row.flow(), row.version()),
                        flow.flow().plan());
        for (byte[] payload : payloads) {
            EventCodec.decode(payload).forEach(fold::apply);
        }
        return fold;
    }
}
