package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How {@code table.read} is to read.
 *
 * @param format null to go by the file's name
 * @param delimiter null to go by the file's first row
 * @param columns column names to DuckDB types, for those that are given
 * @param nulls texts that mean null
 * @param sheet null for the first
 */
record ReadOptions(
        @Nullable String format,
        @Nullable Character delimiter,
        String encoding,
        boolean header,
        Map<String, String> columns,
        List<String> nulls,
        @Nullable String sheet,
        boolean skipBadRows) {

    static ReadOptions of(Map<String, Value> config) throws TaskException {
        String delimiter = text(config, "delimiter");
        if (delimiter != null && delimiter.equals("\\t")) {
            delimiter = "\t";
        }
        if (delimiter != null && (delimiter.length() != 1 || "\"\r\n".contains(delimiter))) {
            throw TaskException.terminal(
                    "delimiter: \"" + delimiter + "\" (expected: one character, such as \";\")");
        }
        String encoding = text(config, "encoding");
        return new ReadOptions(
                text(config, "format"),
                delimiter == null ? null : delimiter.charAt(0),
                encoding == null ? "utf-8" : encoding.toLowerCase(Locale.ROOT),
                !(config.get("header") instanceof Value.Bool header) || header.value(),
                columns(config),
                config.get("nulls") instanceof Value.ListOf list
                        ? list.items().stream().map(v -> String.valueOf(v.toJava())).toList()
                        : List.of(""),
                text(config, "sheet"),
                "skip".equals(text(config, "on_bad_row")));
    }

    /**
     * @throws TaskException if a type is given for a column that is not there
     */
    void checkColumns(Collection<String> names, String file) throws TaskException {
        for (String given : columns.keySet()) {
            if (!names.contains(given)) {
                throw TaskException.terminal(
                        "columns: \""
                                + given
                                + "\" is not in \""
                                + file
                                + "\" (it has: "
                                + Text.list(names)
                                + ")");
            }
        }
    }

    private static Map<String, String> columns(Map<String, Value> config) throws TaskException {
        Map<String, String> columns = new LinkedHashMap<>();
        if (config.get("columns") instanceof Value.MapOf map) {
            for (var entry : map.entries().entrySet()) {
                if (!(entry.getValue() instanceof Value.Text type)
                        || !type.value().matches("[A-Za-z][A-Za-z0-9_ ,()\\[\\]]{0,99}")) {
                    throw TaskException.terminal(
                            "columns: "
                                    + entry.getKey()
                                    + ": "
                                    + entry.getValue().toJava()
                                    + " (expected: a type such as BIGINT, DECIMAL(18,2), DATE)");
                }
                columns.put(entry.getKey(), type.value());
            }
        }
        return columns;
    }

    private static @Nullable String text(Map<String, Value> config, String key) {
        return config.get(key) instanceof Value.Text text ? text.value() : null;
    }
}
