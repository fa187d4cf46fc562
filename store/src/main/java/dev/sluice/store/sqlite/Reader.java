package dev.sluice.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection for queries, with its statements kept. One thread at a time. */
final class Reader implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Reader(Connection connection) {
        this.connection = connection;
    }

    interface Mapping<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** All rows; parameters are Long, Integer, String or byte[]. */
    <T> List<T> all(String sql, Mapping<T> mapping, Object... parameters) throws SQLException {
        PreparedStatement statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        List<T> found = new ArrayList<>();
        // Closing the rows ends the read transaction, which would hold back the checkpoint.
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(mapping.map(rows));
            }
        }
        return found;
    }

    <T> @Nullable T one(String sql, Mapping<T> mapping, Object... parameters) throws SQLException {
        List<T> found = all(sql, mapping, parameters);
        return found.isEmpty() ? null : found.getFirst();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
