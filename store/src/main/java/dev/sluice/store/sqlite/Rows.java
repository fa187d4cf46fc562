package dev.sluice.store.sqlite;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.FlowVersion;
import dev.sluice.spi.JournalStore.RunRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/** How values stand in columns. */
final class Rows {
    /** What {@link #run} reads; an index and conditions may follow. */
    static final String RUN =
            """
            SELECT (SELECT name FROM tenant WHERE num = r.tenant), r.id,
                   (SELECT name FROM flow f WHERE f.tenant = r.tenant AND f.num = r.flow),
                   r.version, r.state, r.created, r.started, r.ended, r.key, r.parent
            FROM run r\
            """;

    /** What {@link #flow} reads. */
    static final String FLOW =
            """
            SELECT f.name, v.version, v.text, v.folder, v.digest, v.author, v.at
            FROM flow f JOIN flow_version v ON v.tenant = f.tenant AND v.flow = f.num
            """;

    static final String TENANT = "(SELECT num FROM tenant WHERE name = ?)";

    /** Takes the tenant again, then the flow. */
    static final String FLOW_NUMBER =
            "(SELECT num FROM flow WHERE tenant = " + TENANT + " AND name = ?)";

    private Rows() {}

    static RunRow run(ResultSet row) throws SQLException {
        long parent = row.getLong(10);
        return new RunRow(
                new TenantId(row.getString(1)),
                new RunId(row.getLong(2)),
                new FlowId(row.getString(3)),
                row.getInt(4),
                state(row.getInt(5)),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getString(9),
                parent == 0 ? null : new RunId(parent));
    }

    static FlowVersion flow(ResultSet row) throws SQLException {
        return new FlowVersion(
                new FlowId(row.getString(1)),
                row.getInt(2),
                row.getBytes(3),
                row.getString(4),
                digest(row.getBytes(5)),
                row.getString(6),
                row.getLong(7));
    }

    static byte[] bytes(Digest digest) {
        return HexFormat.of().parseHex(digest.hex());
    }

    static Digest digest(byte[] bytes) {
        return new Digest(HexFormat.of().formatHex(bytes));
    }

    /** The number in the file: never to be changed, so not the enum's ordinal. */
    static int number(RunState state) {
        return switch (state) {
            case QUEUED -> 0;
            case RUNNING -> 1;
            case PAUSED -> 2;
            case SUCCEEDED -> 3;
            case FAILED -> 4;
            case CANCELLED -> 5;
        };
    }

    private static RunState state(int number) throws SQLException {
        for (RunState state : RunState.values()) {
            if (number(state) == number) {
                return state;
            }
        }
        throw new SQLException("run state " + number + " (expected: 0 to 5)");
    }
}
