package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The columns of a JSON file, from all of its rows. */
final class JsonTypes {
    private static final int LARGEST_ROW_BYTES = 64 << 20;

    private JsonTypes() {}

    /**
     * DuckDB's inference, but for integers beyond 64 bits, which are HUGEINT rather than DOUBLE,
     * and columns of nothing but null, which are VARCHAR.
     *
     * @param format newline_delimited, array, or auto
     * @return empty if there are no rows
     */
    static List<Value.Column> infer(DuckSession session, String subject, Path file, String format)
            throws TaskException, InterruptedException {
        if (isBlank(file, subject)) {
            return List.of();
        }
        String all = "sample_size=-1, map_inference_threshold=-1";
        List<Value.Column> found = session.columns(subject, "FROM " + read(file, format, all));
        Set<String> wide = wideIntegers(session, subject, file, format, found);
        List<Value.Column> columns = new ArrayList<>();
        for (Value.Column column : found) {
            String type =
                    switch (column.type()) {
                        case "\"NULL\"" -> "VARCHAR";
                        case "DOUBLE" -> wide.contains(column.name()) ? "HUGEINT" : "DOUBLE";
                        default -> column.type();
                    };
            columns.add(new Value.Column(column.name(), type));
        }
        return columns;
    }

    /** The DOUBLE columns whose numbers are all written as integers, found in one pass. */
    private static Set<String> wideIntegers(
            DuckSession session,
            String subject,
            Path file,
            String format,
            List<Value.Column> columns)
            throws TaskException, InterruptedException {
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> tests = new ArrayList<>();
        for (Value.Column column : columns) {
            if (column.type().equals("DOUBLE")) {
                String name = Sql.name(column.name());
                texts.put(column.name(), "VARCHAR");
                tests.add(
                        "bool_and(regexp_full_match("
                                + name
                                + ", '-?[0-9]+') AND TRY_CAST("
                                + name
                                + " AS HUGEINT) IS NOT NULL)");
            }
        }
        Set<String> wide = new HashSet<>();
        if (texts.isEmpty()) {
            return wide;
        }
        List<String> names = List.copyOf(texts.keySet());
        String query = "SELECT " + String.join(", ", tests) + " FROM ";
        return session.query(
                subject,
                query + scan(file, format, texts),
                result -> {
                    result.next();
                    for (int i = 0; i < names.size(); i++) {
                        if (result.getBoolean(i + 1)) {
                            wide.add(names.get(i));
                        }
                    }
                    return wide;
                });
    }

    private static boolean isBlank(Path file, String subject) throws TaskException {
        try {
            return Files.size(file) < 4096 && Files.readString(file).isBlank();
        } catch (IOException e) {
            throw TaskException.terminal(subject + ": cannot be read: " + e.getMessage());
        }
    }

    /** What follows FROM, with these columns and types. */
    static String scan(Path file, String format, Map<String, String> types) {
        List<String> columns = new ArrayList<>();
        types.forEach((name, type) -> columns.add(Sql.text(name) + ": " + Sql.text(type)));
        return read(file, format, "columns={" + String.join(", ", columns) + "}");
    }

    private static String read(Path file, String format, String options) {
        return "read_json("
                + Sql.file(file.toAbsolutePath())
                + ", compression='none', format="
                + Sql.text(format)
                + ", maximum_object_size="
                + LARGEST_ROW_BYTES
                + ", "
                + options
                + ")";
    }
}
