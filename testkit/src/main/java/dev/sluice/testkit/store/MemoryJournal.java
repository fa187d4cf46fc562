package dev.sluice.testkit.store;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory that keeps the same promises but the one about power cuts, and can be told to
 * fail. It outlives {@link #close}, as a disk would. Thread-safe.
 */
public final class MemoryJournal implements JournalStore {
    private static final Comparator<RunRow> BY_AGE = Comparator.comparing(RunRow::id);

    private final Map<TenantId, Tenant> tenants =
            new TreeMap<>(Comparator.comparing(TenantId::value));
    private int failures;
    private long commits;

    private static final class Tenant {
        final TreeMap<RunId, RunRow> runs = new TreeMap<>();
        final Map<RunId, TreeMap<Integer, byte[]>> events = new HashMap<>();
        final Map<RunId, Set<Digest>> references = new HashMap<>();
        final Map<Digest, CacheEntry> cached = new HashMap<>();
        final TreeMap<String, List<FlowVersion>> flows = new TreeMap<>();
    }

    /** Lets this many of the next commits fail, writing nothing. */
    public synchronized void failNextCommits(int count) {
        failures = count;
    }

    /** How many commits succeeded. */
    public synchronized long commits() {
        return commits;
    }

    @Override
    public synchronized void commit(Commit commit) throws StoreException {
        if (failures > 0) {
            failures--;
            throw new StoreException("memory: told to fail; nothing was written");
        }
        check(commit);
        for (Append append : commit.appends()) {
            add(append);
        }
        commits++;
    }

    private void check(Commit commit) throws StoreException {
        Set<List<Object>> keys = new HashSet<>();
        for (Append append : commit.appends()) {
            RunRow row = append.row();
            Tenant tenant = tenants.getOrDefault(row.tenant(), new Tenant());
            if (tenant.events.getOrDefault(row.id(), new TreeMap<>()).containsKey(append.seq())) {
                throw refused("event " + append.seq() + " of run " + row.id());
            }
            boolean known = tenant.runs.containsKey(row.id());
            if (append.seq() == 0 && known) {
                throw refused("run " + row.id());
            }
            if (append.seq() > 0 && append.rowChanged() && !known) {
                throw new StoreException("run " + row.id() + " is not there; nothing was written");
            }
            String key = row.key();
            if (append.seq() == 0
                    && key != null
                    && (!keys.add(List.of(row.tenant(), row.flow(), key))
                            || findByKey(row.tenant(), row.flow(), key) != null)) {
                throw refused("idempotency key " + key);
            }
        }
    }

    private static StoreException refused(String what) {
        return new StoreException(what + " is there already; nothing was written");
    }

    private void add(Append append) {
        RunRow row = append.row();
        Tenant tenant = tenant(row.tenant());
        tenant.events
                .computeIfAbsent(row.id(), _ -> new TreeMap<>())
                .put(append.seq(), append.payload().clone());
        if (append.seq() == 0) {
            tenant.runs.put(row.id(), row);
        } else if (append.rowChanged()) {
            tenant.runs.computeIfPresent(row.id(), (_, old) -> changed(old, row));
        }
        tenant.references
                .computeIfAbsent(row.id(), _ -> new HashSet<>())
                .addAll(append.references());
        append.cached().forEach(entry -> tenant.cached.put(entry.key(), entry));
    }

    private static RunRow changed(RunRow old, RunRow now) {
        return new RunRow(
                old.tenant(),
                old.id(),
                old.flow(),
                now.version(),
                now.state(),
                old.createdMicros(),
                now.startedMicros(),
                now.endedMicros(),
                old.key(),
                old.parent());
    }

    private Tenant tenant(TenantId tenant) {
        return tenants.computeIfAbsent(tenant, _ -> new Tenant());
    }

    /** To read from: one that does not become known by being asked about. */
    private Tenant look(TenantId tenant) {
        return tenants.getOrDefault(tenant, new Tenant());
    }

    @Override
    public synchronized List<byte[]> events(TenantId tenant, RunId run) {
        return look(tenant).events.getOrDefault(run, new TreeMap<>()).values().stream()
                .map(byte[]::clone)
                .toList();
    }

    @Override
    public synchronized List<RunRow> unfinished() {
        return tenants.values().stream()
                .flatMap(tenant -> tenant.runs.values().stream())
                .filter(row -> !row.state().isEnded())
                .sorted(BY_AGE)
                .toList();
    }

    @Override
    public synchronized @Nullable RunRow find(TenantId tenant, RunId run) {
        return look(tenant).runs.get(run);
    }

    @Override
    public synchronized @Nullable RunRow findByKey(TenantId tenant, FlowId flow, String key) {
        return look(tenant).runs.values().stream()
                .filter(row -> row.flow().equals(flow) && key.equals(row.key()))
                .findFirst()
                .orElse(null);
    }

    @Override
    public synchronized List<RunRow> list(TenantId tenant, RunQuery query) {
        if (query.limit() < 1 || query.limit() > 1000) {
            throw new IllegalArgumentException(
                    "limit: " + query.limit() + " (expected: 1 to 1000)");
        }
        NavigableMap<RunId, RunRow> runs = look(tenant).runs;
        RunId after = query.after();
        Stream<RunRow> older =
                (after == null ? runs : runs.headMap(after, false))
                        .descendingMap().values().stream();
        return older.filter(row -> query.flow() == null || row.flow().equals(query.flow()))
                .filter(row -> query.state() == null || row.state() == query.state())
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized int purge(TenantId tenantId, List<RunId> runs) {
        Tenant tenant = look(tenantId);
        int purged = 0;
        for (RunId run : runs) {
            RunRow row = tenant.runs.get(run);
            if (row != null && row.state().isEnded()) {
                tenant.runs.remove(run);
                tenant.events.remove(run);
                tenant.references.remove(run);
                tenant.cached.values().removeIf(entry -> entry.run().equals(run));
                purged++;
            }
        }
        return purged;
    }

    @Override
    public synchronized Set<Digest> references(TenantId tenant) {
        Set<Digest> all = new TreeSet<>();
        look(tenant).references.values().forEach(all::addAll);
        return all;
    }

    @Override
    public synchronized List<TenantId> tenants() {
        return List.copyOf(tenants.keySet());
    }

    @Override
    public synchronized int saveFlow(
            TenantId tenant,
            FlowId flow,
            byte[] text,
            String folder,
            String author,
            long atMicros) {
        List<FlowVersion> versions =
                tenant(tenant).flows.computeIfAbsent(flow.value(), _ -> new ArrayList<>());
        Digest digest = Digest.of(text);
        if (versions.isEmpty()
                || !versions.getLast().digest().equals(digest)
                || !versions.getLast().folder().equals(folder)) {
            versions.add(
                    new FlowVersion(
                            flow,
                            versions.size() + 1,
                            text.clone(),
                            folder,
                            digest,
                            author,
                            atMicros));
        }
        return versions.size();
    }

    @Override
    public synchronized @Nullable FlowVersion findFlow(
            TenantId tenant, FlowId flow, @Nullable Integer version) {
        List<FlowVersion> versions = look(tenant).flows.getOrDefault(flow.value(), List.of());
        int wanted = version == null ? versions.size() : version;
        return wanted < 1 || wanted > versions.size() ? null : versions.get(wanted - 1);
    }

    @Override
    public synchronized List<FlowVersion> listFlows(
            TenantId tenant, @Nullable FlowId after, int limit) {
        TreeMap<String, List<FlowVersion>> flows = look(tenant).flows;
        return (after == null ? flows : flows.tailMap(after.value(), false))
                .values().stream().map(List::getLast).limit(limit).toList();
    }

    @Override
    public synchronized @Nullable CacheEntry findCached(TenantId tenant, Digest key) {
        return look(tenant).cached.get(key);
    }

    @Override
    public void close() {}
}
