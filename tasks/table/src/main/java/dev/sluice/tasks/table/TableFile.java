package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table in one of the formats that {@code table.write} knows. */
final class TableFile {
    private TableFile() {}

    /**
     * @param before an existing file whose content comes first, for csv and ndjson
     * @param to how the user calls the file
     */
    static void write(
            TaskContext context,
            TableChoice choice,
            String format,
            Path made,
            @Nullable Path before,
            String to)
            throws TaskException, InterruptedException, IOException {
        Path parquet = context.path(choice.table()).toAbsolutePath();
        if (format.equals("parquet")) {
            Files.copy(parquet, made);
            return;
        }
        String from = "read_parquet(" + Sql.file(parquet) + ")";
        try (DuckSession session = DuckSession.open(context, List.of(parquet))) {
            List<Value.Column> columns = session.columns("input", "FROM " + from);
            switch (format) {
                case "xlsx" -> XlsxFile.write(context, session, from, columns, made);
                case "csv" -> {
                    boolean header = true;
                    if (before != null && Files.size(before) > 0) {
                        sameColumns(before, columns, to);
                        header = false;
                    }
                    String options = " (FORMAT csv, HEADER " + header + ")";
                    copy(session, "FROM " + from, made, before, options);
                }
                case "ndjson" -> copy(session, json(from, columns), made, before, " (FORMAT json)");
                default -> copy(session, json(from, columns), made, null, " (FORMAT json, ARRAY)");
            }
        }
    }

    private static String json(String from, List<Value.Column> columns) {
        List<String> fields = new ArrayList<>();
        for (Value.Column column : columns) {
            String name = Sql.name(column.name());
            fields.add(DuckType.parse(column.type()).encode(name, 0) + " AS " + name);
        }
        return "SELECT " + String.join(", ", fields) + " FROM " + from;
    }

    private static void copy(
            DuckSession session, String query, Path made, @Nullable Path before, String options)
            throws TaskException, InterruptedException, IOException {
        Path rows = before == null ? made : made.resolveSibling("rows.part");
        session.execute("input", "COPY (" + query + ") TO " + Sql.file(rows) + options);
        if (before != null) {
            Files.copy(before, made);
            endLine(made);
            try (OutputStream out = Files.newOutputStream(made, StandardOpenOption.APPEND)) {
                Files.copy(rows, out);
            }
        }
    }

    private static void endLine(Path file) throws IOException {
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
            if (random.length() > 0) {
                random.seek(random.length() - 1);
                if (random.read() != '\n') {
                    random.write('\n');
                }
            }
        }
    }

    private static void sameColumns(Path before, List<Value.Column> columns, String to)
            throws IOException, TaskException {
        List<String> there = CsvHead.read(before, ',').records().getFirst();
        List<String> ours = columns.stream().map(Value.Column::name).toList();
        if (!there.equals(ours)) {
            throw TaskException.terminal(
                    "to: \""
                            + to
                            + "\" has other columns ("
                            + Text.list(there)
                            + ") than the table ("
                            + Text.list(ours)
                            + "), so nothing was appended");
        }
    }
}
