package dev.sluice.testkit.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.JournalStore.Commit;
import dev.sluice.spi.JournalStore.RunQuery;
import dev.sluice.spi.JournalStore.RunRow;
import java.util.Arrays;
import java.util.List;

/** What the journal's contract is tried with. */
final class JournalSamples {
    static final TenantId ACME = new TenantId("acme");
    static final TenantId OTHER = new TenantId("other");
    static final FlowId FLOW = new FlowId("orders");
    static final FlowId SECOND = new FlowId("returns");

    private JournalSamples() {}

    static RunQuery all(int limit) {
        return new RunQuery(null, null, null, limit);
    }

    static Digest digest(String text) {
        return Digest.of(text.getBytes(UTF_8));
    }

    static CacheEntry entry(String key, long run, String outputs) {
        return new CacheEntry(digest(key), new RunId(run), outputs.getBytes(UTF_8));
    }

    static RunRow row(long id, RunState state) {
        return new RunRow(ACME, new RunId(id), FLOW, 1, state, 1000 + id, 0, 0, null, null);
    }

    static RunRow keyed(TenantId tenant, long id, FlowId flow, String key) {
        return new RunRow(tenant, new RunId(id), flow, 1, RunState.QUEUED, id, 0, 0, key, null);
    }

    static RunRow with(RunRow row, RunState state) {
        return new RunRow(
                row.tenant(),
                row.id(),
                row.flow(),
                row.version(),
                state,
                row.createdMicros(),
                5000,
                state.isEnded() ? 6000 : 0,
                row.key(),
                row.parent());
    }

    static Commit commit(Append... appends) {
        return new Commit(Arrays.asList(appends));
    }

    static Append start(RunRow row, String payload) {
        return append(row, true, 0, payload);
    }

    static Append append(RunRow row, boolean rowChanged, int seq, String payload) {
        return append(row, rowChanged, seq, payload.getBytes(UTF_8));
    }

    static Append append(RunRow row, boolean rowChanged, int seq, byte[] payload) {
        return new Append(row, rowChanged, seq, payload, List.of(), List.of());
    }
}
