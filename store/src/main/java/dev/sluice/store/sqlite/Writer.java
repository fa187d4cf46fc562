package dev.sluice.store.sqlite;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.JournalStore.RunRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The one connection that writes, with its statements prepared for life. One thread at a time. Each
 * method is one transaction; one that throws leaves the connection for {@link #rollback} or
 * closing.
 */
final class Writer implements AutoCloseable {
    private final Connection connection;
    private final Batch events;
    private final Batch starts;
    private final Batch changes;
    private final Batch references;
    private final Batch cached;
    private final Map<TenantId, Integer> tenants = new HashMap<>();
    private final Map<FlowKey, Integer> flows = new HashMap<>();

    private record FlowKey(int tenant, FlowId flow) {}

    Writer(Connection connection) throws SQLException {
        this.connection = connection;
        events = new Batch("INSERT INTO event VALUES (?, ?, ?, ?)");
        starts = new Batch("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        changes =
                new Batch(
                        "UPDATE run SET version = ?, state = ?, started = ?, ended = ?"
                                + " WHERE tenant = ? AND id = ?");
        references = new Batch("INSERT INTO reference VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
        // The newest run keeps an entry longest: purging goes by age.
        cached =
                new Batch(
                        "INSERT INTO cached VALUES (?, ?, ?, ?) ON CONFLICT (tenant, key)"
                                + " DO UPDATE SET run = excluded.run, outputs = excluded.outputs");
        connection.setAutoCommit(false);
    }

    void commit(List<Append> appends) throws SQLException {
        for (Append append : appends) {
            int tenant = tenant(append.row().tenant());
            add(tenant, append);
        }
        events.execute();
        starts.execute();
        for (int changed : changes.execute()) {
            if (changed != 1) {
                throw new SQLException("a run whose row changed is not there; nothing was written");
            }
        }
        references.execute();
        cached.execute();
        connection.commit();
    }

    private void add(int tenant, Append append) throws SQLException {
        RunRow row = append.row();
        long run = row.id().value();
        PreparedStatement event = events.statement;
        event.setInt(1, tenant);
        event.setLong(2, run);
        event.setInt(3, append.seq());
        event.setBytes(4, append.payload());
        events.add();
        if (append.seq() == 0) {
            addStart(tenant, row);
        } else if (append.rowChanged()) {
            addChange(tenant, row);
        }
        for (Digest digest : append.references()) {
            references.statement.setInt(1, tenant);
            references.statement.setLong(2, run);
            references.statement.setBytes(3, Rows.bytes(digest));
            references.add();
        }
        for (CacheEntry entry : append.cached()) {
            cached.statement.setInt(1, tenant);
            cached.statement.setBytes(2, Rows.bytes(entry.key()));
            cached.statement.setLong(3, entry.run().value());
            cached.statement.setBytes(4, entry.outputs());
            cached.add();
        }
    }

    private void addStart(int tenant, RunRow row) throws SQLException {
        PreparedStatement start = starts.statement;
        RunId parent = row.parent();
        start.setInt(1, tenant);
        start.setLong(2, row.id().value());
        start.setInt(3, flow(tenant, row.flow()));
        start.setInt(4, row.version());
        start.setInt(5, Rows.number(row.state()));
        start.setLong(6, row.createdMicros());
        start.setLong(7, row.startedMicros());
        start.setLong(8, row.endedMicros());
        start.setString(9, row.key());
        start.setObject(10, parent == null ? null : parent.value());
        starts.add();
    }

    private void addChange(int tenant, RunRow row) throws SQLException {
        PreparedStatement change = changes.statement;
        change.setInt(1, row.version());
        change.setInt(2, Rows.number(row.state()));
        change.setLong(3, row.startedMicros());
        change.setLong(4, row.endedMicros());
        change.setInt(5, tenant);
        change.setLong(6, row.id().value());
        changes.add();
    }

    void limitPages(long pages) throws SQLException {
        Database.run(connection, "PRAGMA max_page_count = " + pages);
        connection.commit();
    }

    /** See {@link dev.sluice.spi.JournalStore#saveFlow}. */
    int saveFlow(
            TenantId tenantId,
            FlowId flowId,
            byte[] text,
            String folder,
            String author,
            long atMicros)
            throws SQLException {
        int tenant = tenant(tenantId);
        int flow = flow(tenant, flowId);
        byte[] digest = Rows.bytes(Digest.of(text));
        int newest = 0;
        try (PreparedStatement find =
                prepare(
                        "SELECT version, digest, folder FROM flow_version WHERE tenant = ? AND flow = ?"
                                + " ORDER BY version DESC LIMIT 1",
                        tenant,
                        flow)) {
            try (ResultSet row = find.executeQuery()) {
                if (row.next()) {
                    newest = row.getInt(1);
                    if (Arrays.equals(digest, row.getBytes(2)) && folder.equals(row.getString(3))) {
                        connection.commit();
                        return newest;
                    }
                }
            }
        }
        execute(
                "INSERT INTO flow_version VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                tenant,
                flow,
                newest + 1,
                text,
                folder,
                digest,
                author,
                atMicros);
        connection.commit();
        return newest + 1;
    }

    /** Removes those of these runs that have ended. */
    int purge(TenantId tenantId, List<RunId> runs) throws SQLException {
        int tenant = tenant(tenantId);
        int purged = 0;
        for (RunId run : runs) {
            long id = run.value();
            if (execute("DELETE FROM run WHERE tenant = ? AND id = ? AND state >= 3", tenant, id)
                    == 1) {
                execute("DELETE FROM event WHERE tenant = ? AND run = ?", tenant, id);
                execute("DELETE FROM reference WHERE tenant = ? AND run = ?", tenant, id);
                execute("DELETE FROM cached WHERE tenant = ? AND run = ?", tenant, id);
                purged++;
            }
        }
        connection.commit();
        return purged;
    }

    private int tenant(TenantId tenant) throws SQLException {
        Integer known = tenants.get(tenant);
        if (known != null) {
            return known;
        }
        execute("INSERT INTO tenant (name) VALUES (?) ON CONFLICT DO NOTHING", tenant.value());
        int number = number("SELECT num FROM tenant WHERE name = ?", tenant.value());
        tenants.put(tenant, number);
        return number;
    }

    private int flow(int tenant, FlowId flow) throws SQLException {
        FlowKey key = new FlowKey(tenant, flow);
        Integer known = flows.get(key);
        if (known != null) {
            return known;
        }
        execute(
                "INSERT INTO flow SELECT ?, coalesce(max(num), 0) + 1, ? FROM flow WHERE tenant = ?"
                        + " ON CONFLICT DO NOTHING",
                tenant,
                flow.value(),
                tenant);
        int number =
                number("SELECT num FROM flow WHERE tenant = ? AND name = ?", tenant, flow.value());
        flows.put(key, number);
        return number;
    }

    private int number(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet row = statement.executeQuery()) {
            return row.getInt(1);
        }
    }

    private int execute(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }

    /** Undoes what is not committed, with the names that were given numbers in it. */
    void rollback() throws SQLException {
        tenants.clear();
        flows.clear();
        for (Batch batch : List.of(events, starts, changes, references, cached)) {
            batch.clear();
        }
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Rows of one kind, executed together. */
    private final class Batch {
        final PreparedStatement statement;
        private int size;

        Batch(String sql) throws SQLException {
            statement = connection.prepareStatement(sql);
        }

        void add() throws SQLException {
            statement.addBatch();
            size++;
        }

        int[] execute() throws SQLException {
            if (size == 0) {
                return new int[0];
            }
            size = 0;
            return statement.executeBatch();
        }

        void clear() throws SQLException {
            size = 0;
            statement.clearBatch();
        }
    }
}
