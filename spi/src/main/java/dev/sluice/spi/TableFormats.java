package dev.sluice.spi;

import dev.sluice.model.Value;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Turns Parquet tables into newline-delimited JSON and back, for code that has no Parquet reader.
 * Exact: 64-bit and larger integers are JSON numbers, decimals, dates, times and timestamps are
 * strings in DuckDB's text form, and the schema says which is which. Thread-safe.
 */
public interface TableFormats {
    /** Writes one JSON object a row to {@code target}. */
    void toNdjson(Path parquet, Path target) throws TaskException, InterruptedException;

    /**
     * Reads such a file into a Parquet file.
     *
     * @param columns the columns and their types; null to infer both from the data
     * @return the table's schema and row count
     */
    Value.TableInfo fromNdjson(
            Path ndjson, Path parquet, java.util.@Nullable List<Value.Column> columns)
            throws TaskException, InterruptedException;

    /** Schema and row count of a Parquet file. */
    Value.TableInfo inspect(Path parquet) throws TaskException, InterruptedException;

    /**
     * The first rows of a Parquet file, each as {@link Value.MapOf}; values as {@link #toNdjson}
     * writes them.
     */
    java.util.List<Value> preview(Path parquet, int rows)
            throws TaskException, InterruptedException;

    /**
     * Stacks the tables of a {@code foreach}'s items, with the item's index in a first column
     * {@code item_index}.
     */
    Value.TableInfo stack(java.util.List<ItemTable> items, Path parquet)
            throws TaskException, InterruptedException;

    /** The table that item {@code index} made. */
    record ItemTable(int index, Path parquet) {}
}
