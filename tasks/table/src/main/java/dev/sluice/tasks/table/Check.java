package dev.sluice.tasks.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that has to hold of a table; a rule of {@code table.validate} makes one or more. */
sealed interface Check {
    /** The rule's name, or what it asks in words. */
    String rule();

    /** The columns that must exist. */
    List<String> columns();

    /**
     * Holds or not for each row by itself.
     *
     * @param violated SQL over the table's columns: true where it does not hold; null where it
     *     cannot be told, which is no violation
     */
    record OfRow(String rule, List<String> columns, String violated) implements Check {}

    /** No two rows alike in these columns, except where one of them is null. */
    record Unique(String rule, List<String> columns) implements Check {}

    /** How many rows there are. */
    record RowCount(String rule, @Nullable Long min, @Nullable Long max) implements Check {
        @Override
        public List<String> columns() {
            return List.of();
        }

        boolean holds(long rows) {
            return (min == null || rows >= min) && (max == null || rows <= max);
        }
    }
}
