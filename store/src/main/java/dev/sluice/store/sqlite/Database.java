package dev.sluice.store.sqlite;

import dev.sluice.spi.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The database file: how it is opened and brought up to date, and how its failures are told.
 *
 * @param walPages size the write-ahead log grows to before the committing thread copies it back
 */
record Database(Path file, int walPages) {
    private static final List<String> MIGRATIONS = List.of("V1.sql");
    private static final int PAGE_BYTES = 4096;

    Connection openForWriting() throws SQLException {
        Connection connection = open();
        run(connection, "PRAGMA journal_mode = WAL");
        run(connection, "PRAGMA synchronous = FULL");
        run(connection, "PRAGMA wal_autocheckpoint = " + walPages);
        run(connection, "PRAGMA journal_size_limit = " + (long) walPages * PAGE_BYTES);
        run(connection, "PRAGMA cache_size = -16384");
        return connection;
    }

    Connection openForReading() throws SQLException {
        Connection connection = open();
        run(connection, "PRAGMA query_only = 1");
        run(connection, "PRAGMA cache_size = -2048");
        return connection;
    }

    private Connection open() throws SQLException {
        // DriverManager would load every driver there is, DuckDB's 60 MB too.
        Connection connection = JDBC.createConnection("jdbc:sqlite:" + file, new Properties());
        run(connection, "PRAGMA busy_timeout = 10000");
        return connection;
    }

    /**
     * Brings the tables to the newest form, each step in its own transaction, and sees that the
     * file can be written. A number in the file and a list of scripts are all it takes: a migration
     * library would bring a table and a start-up cost of its own.
     */
    void migrate(Connection connection) throws SQLException, StoreException {
        int version;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            version = row.getInt(1);
        }
        if (version > MIGRATIONS.size()) {
            throw new StoreException(
                    file
                            + ": written by a newer Sluice (schema "
                            + version
                            + ", this one knows up to "
                            + MIGRATIONS.size()
                            + "); use the newer Sluice, or another data directory");
        }
        // SQLite opens a file it may not write, and even begins to, without a word.
        run(connection, "BEGIN IMMEDIATE");
        run(connection, "PRAGMA user_version = " + version);
        run(connection, "ROLLBACK");
        while (version < MIGRATIONS.size()) {
            String sql = resource(MIGRATIONS.get(version));
            version++;
            run(connection, "BEGIN IMMEDIATE");
            try {
                for (String statement : sql.split(";\\s*\n")) {
                    if (!statement.isBlank()) {
                        run(connection, statement);
                    }
                }
                run(connection, "PRAGMA user_version = " + version);
                run(connection, "COMMIT");
            } catch (SQLException e) {
                // Closing the connection rolls back.
                connection.close();
                throw e;
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = Database.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read from the class path", e);
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What happened in a user's words: the file, the cause and the remedy. */
    StoreException failure(SQLException e) {
        return new StoreException(file + ": " + reason(e), e);
    }

    private String reason(SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        // Extended codes keep the kind in their low byte.
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
            case SQLITE_FULL -> "the disk is full; nothing was written. Free some space and go on";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
                    "not writable; nothing was written. Make the file and "
                            + file.getParent()
                            + " writable for this user";
            case SQLITE_CANTOPEN ->
                    "cannot be opened or created; see that "
                            + file.getParent()
                            + " is a directory this user may write to";
            case SQLITE_IOERR ->
                    "the disk failed (" + code.message + "); nothing was written. Check the disk";
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    "held by another program; close whatever has it open";
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    "damaged (" + code.message + "); restore it from a backup";
            case SQLITE_CONSTRAINT ->
                    "a run, idempotency key or event number is there already ("
                            + e.getMessage()
                            + "); nothing was written";
            default -> String.valueOf(e.getMessage());
        };
    }
}
