package dev.sluice.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.JDBC;

/**
 * The floor of any durable engine on this disk: bare SQLite commits, WAL with synchronous=FULL, one
 * row of 40 bytes each.
 */
final class Floor implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;
    private long next;

    Floor(Path file) throws Exception {
        connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma journal_mode=wal");
            statement.execute("pragma synchronous=full");
            statement.execute("create table row(id integer primary key, payload blob)");
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("insert into row values (?, ?)");
    }

    /** Milliseconds for so many commits, one after the other. */
    double commits(int count) throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            insert.setLong(1, next++);
            insert.setBytes(2, new byte[40]);
            insert.executeUpdate();
            connection.commit();
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    @Override
    public void close() throws Exception {
        insert.close();
        connection.close();
    }
}
