package dev.sluice.tasks.table;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** The one door to DuckDB. */
final class Duck {
    private Duck() {}

    /**
     * A fresh database in memory. The driver is called by its name: to look for it through
     * DriverManager would load every other JDBC driver too.
     *
     * <p>The first call loads 72 MB of native code. Where the driver's jar holds it, it is unpacked
     * to a temporary file each time; the distribution takes it out of the jar and lays it beside,
     * where the driver finds it in place.
     */
    static Connection connect() throws SQLException {
        return Objects.requireNonNull(new DuckDBDriver().connect("jdbc:duckdb:", new Properties()));
    }
}
