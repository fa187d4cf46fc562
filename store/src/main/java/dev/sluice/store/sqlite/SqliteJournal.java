package dev.sluice.store.sqlite;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The journal in one SQLite file with a write-ahead log, synced on every commit. Thread-safe:
 * writes go one after the other, queries run beside them on a few connections of their own.
 *
 * <p>Of a run's row only version, state and the times of start and end ever change after its first
 * append. A tenant stays known when its last run is purged, since its artifacts may still be there.
 */
public final class SqliteJournal implements JournalStore {
    /**
     * 16 MB of log between checkpoints: with 4 MB, one commit in a hundred pays for one (p99 4.0
     * instead of 0.5 ms where a sync takes 0.15 ms).
     */
    private static final int WAL_PAGES = 4000;

    private static final int READERS = 4;

    /** Runs purged in one transaction, so that commits get in between. */
    private static final int PURGE_CHUNK = 200;

    private static final int LIST_LIMIT = 1000;

    private final Database database;
    private final Readers readers;

    /** Fair, so that commits get in between the chunks of a purge. */
    private final ReentrantLock writing = new ReentrantLock(true);

    private @Nullable Writer writer;
    private boolean closed;

    /**
     * Opens the journal, creating or upgrading it where needed.
     *
     * @throws StoreException if the file cannot be opened or written, is damaged, or comes from a
     *     newer Sluice
     */
    public SqliteJournal(Path file) throws StoreException {
        this(file, WAL_PAGES);
    }

    SqliteJournal(Path file, int walPages) throws StoreException {
        database = new Database(file.toAbsolutePath(), walPages);
        readers = new Readers(database, READERS);
        try {
            Connection connection = database.openForWriting();
            try {
                database.migrate(connection);
                writer = new Writer(connection);
            } finally {
                if (writer == null) {
                    connection.close();
                }
            }
        } catch (SQLException e) {
            throw database.failure(e);
        }
    }

    private interface Write<T extends @Nullable Object> {
        T run(Writer writer) throws SQLException;
    }

    private <T extends @Nullable Object> T write(Write<T> work) throws StoreException {
        writing.lock();
        try {
            return work.run(open());
        } catch (SQLException e) {
            abandon();
            throw database.failure(e);
        } finally {
            writing.unlock();
        }
    }

    private Writer open() throws SQLException {
        if (closed) {
            throw new SQLException("the journal is closed");
        }
        if (writer == null) {
            writer = new Writer(database.openForWriting());
        }
        return writer;
    }

    /**
     * Rolls back. SQLite may have done so itself (a full disk), after which the driver's idea of
     * the transaction is wrong: then the next write opens a new connection.
     */
    private void abandon() {
        Writer failed = writer;
        if (failed == null) {
            return;
        }
        try {
            failed.rollback();
        } catch (SQLException _) {
            writer = null;
            try {
                failed.close();
            } catch (SQLException _) {
                // The failure that led here is the one to report.
            }
        }
    }

    /** Makes the disk as good as full at this size, for tests. */
    void limitPages(long pages) throws StoreException {
        write(writer -> {
            writer.limitPages(pages);
            return null;
        });
    }

    @Override
    public void commit(Commit commit) throws StoreException {
        write(writer -> {
            writer.commit(commit.appends());
            return null;
        });
    }

    @Override
    public List<byte[]> events(TenantId tenant, RunId run) throws StoreException {
        return readers.ask(r ->
                r.all(
                        "SELECT payload FROM event WHERE tenant = "
                                + Rows.TENANT
                                + " AND run = ? ORDER BY seq",
                        row -> row.getBytes(1),
                        tenant.value(),
                        run.value()));
    }

    @Override
    public List<RunRow> unfinished() throws StoreException {
        return readers.ask(r ->
                r.all(
                        Rows.RUN
                                + " INDEXED BY run_by_state WHERE r.tenant IN (SELECT num FROM tenant)"
                                + " AND r.state IN (0, 1, 2)"
                                + " ORDER BY r.id, 1",
                        Rows::run));
    }

    @Override
    public @Nullable RunRow find(TenantId tenant, RunId run) throws StoreException {
        return readers.ask(r ->
                r.one(
                        Rows.RUN + " WHERE r.tenant = " + Rows.TENANT + " AND r.id = ?",
                        Rows::run,
                        tenant.value(),
                        run.value()));
    }

    @Override
    public @Nullable RunRow findByKey(TenantId tenant, FlowId flow, String key)
            throws StoreException {
        return readers.ask(r ->
                r.one(
                        Rows.RUN
                                + " WHERE r.tenant = "
                                + Rows.TENANT
                                + " AND r.flow = "
                                + Rows.FLOW_NUMBER
                                + " AND r.key = ?",
                        Rows::run,
                        tenant.value(),
                        tenant.value(),
                        flow.value(),
                        key));
    }

    @Override
    public List<RunRow> list(TenantId tenant, RunQuery query) throws StoreException {
        if (query.limit() < 1 || query.limit() > LIST_LIMIT) {
            throw new IllegalArgumentException(
                    "limit: " + query.limit() + " (expected: 1 to " + LIST_LIMIT + ")");
        }
        FlowId flow = query.flow();
        RunState state = query.state();
        RunId after = query.after();
        StringBuilder where = new StringBuilder(Rows.RUN);
        // Left to itself, SQLite walks the primary key, past a million runs of other states.
        if (flow != null || state != null) {
            where.append(" INDEXED BY run_by");
            where.append(flow == null ? "" : "_flow").append(state == null ? "" : "_state");
        }
        where.append(" WHERE r.tenant = " + Rows.TENANT);
        List<Object> parameters = new ArrayList<>(List.of(tenant.value()));
        if (flow != null) {
            where.append(" AND r.flow = " + Rows.FLOW_NUMBER);
            parameters.add(tenant.value());
            parameters.add(flow.value());
        }
        if (state != null) {
            where.append(" AND r.state = " + Rows.number(state));
        }
        if (after != null) {
            where.append(" AND r.id < ?");
            parameters.add(after.value());
        }
        where.append(" ORDER BY r.id DESC LIMIT ?");
        parameters.add(query.limit());
        return readers.ask(r -> r.all(where.toString(), Rows::run, parameters.toArray()));
    }

    @Override
    public int purge(TenantId tenant, List<RunId> runs) throws StoreException {
        int purged = 0;
        for (int from = 0; from < runs.size(); from += PURGE_CHUNK) {
            List<RunId> chunk = runs.subList(from, Math.min(runs.size(), from + PURGE_CHUNK));
            purged += write(writer -> writer.purge(tenant, chunk));
        }
        return purged;
    }

    @Override
    public Set<Digest> references(TenantId tenant) throws StoreException {
        return new HashSet<>(
                readers.ask(r ->
                        r.all(
                                "SELECT DISTINCT digest FROM reference WHERE tenant = "
                                        + Rows.TENANT,
                                row -> Rows.digest(row.getBytes(1)),
                                tenant.value())));
    }

    @Override
    public List<TenantId> tenants() throws StoreException {
        return readers.ask(r ->
                r.all(
                        "SELECT name FROM tenant ORDER BY name",
                        row -> new TenantId(row.getString(1))));
    }

    @Override
    public int saveFlow(
            TenantId tenant, FlowId flow, byte[] text, String folder, String author, long atMicros)
            throws StoreException {
        return write(writer -> writer.saveFlow(tenant, flow, text, folder, author, atMicros));
    }

    @Override
    public @Nullable FlowVersion findFlow(TenantId tenant, FlowId flow, @Nullable Integer version)
            throws StoreException {
        String where = Rows.FLOW + "WHERE f.tenant = " + Rows.TENANT + " AND f.name = ?";
        return readers.ask(r ->
                version == null
                        ? r.one(
                                where + " ORDER BY v.version DESC LIMIT 1",
                                Rows::flow,
                                tenant.value(),
                                flow.value())
                        : r.one(
                                where + " AND v.version = ?",
                                Rows::flow,
                                tenant.value(),
                                flow.value(),
                                version));
    }

    @Override
    public List<FlowVersion> listFlows(TenantId tenant, @Nullable FlowId after, int limit)
            throws StoreException {
        return readers.ask(r ->
                r.all(
                        Rows.FLOW
                                + "WHERE f.tenant = "
                                + Rows.TENANT
                                + " AND f.name > ? AND v.version = (SELECT max(version)"
                                + " FROM flow_version n"
                                + " WHERE n.tenant = f.tenant AND n.flow = f.num)"
                                + " ORDER BY f.name LIMIT ?",
                        Rows::flow,
                        tenant.value(),
                        after == null ? "" : after.value(),
                        limit));
    }

    @Override
    public @Nullable CacheEntry findCached(TenantId tenant, Digest key) throws StoreException {
        return readers.ask(r ->
                r.one(
                        "SELECT run, outputs FROM cached WHERE tenant = "
                                + Rows.TENANT
                                + " AND key = ?",
                        row -> new CacheEntry(key, new RunId(row.getLong(1)), row.getBytes(2)),
                        tenant.value(),
                        Rows.bytes(key)));
    }

    /** Waits for what is under way; the log is copied back into the file and removed. */
    @Override
    public void close() throws StoreException {
        writing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            readers.close();
            // The last connection to close checkpoints.
            if (writer != null) {
                writer.close();
            }
        } catch (SQLException e) {
            throw database.failure(e);
        } finally {
            writing.unlock();
        }
    }
}
