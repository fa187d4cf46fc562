package dev.sluice.store.sqlite;

import dev.sluice.spi.StoreException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A few connections for queries, opened when first needed. Thread-safe. */
final class Readers implements AutoCloseable {
    private final Database database;
    private final int limit;
    private final Semaphore permits;
    private final Deque<Reader> idle = new ArrayDeque<>();
    private volatile boolean closed;

    Readers(Database database, int limit) {
        this.database = database;
        this.limit = limit;
        this.permits = new Semaphore(limit);
    }

    interface Query<T extends @Nullable Object> {
        T ask(Reader reader) throws SQLException;
    }

    <T extends @Nullable Object> T ask(Query<T> query) throws StoreException {
        permits.acquireUninterruptibly();
        try {
            Reader reader = take();
            boolean sound = false;
            try {
                T answer = query.ask(reader);
                sound = true;
                return answer;
            } finally {
                give(reader, sound);
            }
        } catch (SQLException e) {
            throw database.failure(e);
        } finally {
            permits.release();
        }
    }

    private Reader take() throws SQLException {
        if (closed) {
            throw new SQLException("the journal is closed");
        }
        synchronized (idle) {
            Reader reader = idle.pollLast();
            if (reader != null) {
                return reader;
            }
        }
        return new Reader(database.openForReading());
    }

    /** A connection that failed is not used again: what state it is in cannot be known. */
    private void give(Reader reader, boolean sound) throws SQLException {
        if (!sound) {
            reader.close();
            return;
        }
        synchronized (idle) {
            idle.addLast(reader);
        }
    }

    /** Waits for the queries under way; later ones are refused. */
    @Override
    public void close() throws SQLException {
        closed = true;
        permits.acquireUninterruptibly(limit);
        try {
            for (Reader reader : idle) {
                reader.close();
            }
            idle.clear();
        } finally {
            permits.release(limit);
        }
    }
}
