package dev.sluice.tasks.table;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code table.read}: a file becomes a table; rows that do not fit are told, never dropped. */
final class TableReadTask implements TaskType {
    private static final Map<String, ValueType> OUTPUTS =
            Map.of(
                    Shape.DEFAULT_OUTPUT,
                    ValueType.TABLE,
                    "bad_rows",
                    ValueType.TABLE,
                    "rows",
                    ValueType.INTEGER);

    @Override
    public String name() {
        return "table.read";
    }

    @Override
    public String summary() {
        return "Reads a CSV, JSON, Parquet or XLSX file as a table.";
    }

    @Override
    public List<Key> keys() {
        return List.of(
                Key.required(
                        "from",
                        KeyType.ANY,
                        Expressions.INLINE,
                        "A path relative to the flow's folder, or a file of an input or task."),
                Key.choice(
                        "format",
                        Source.FORMATS,
                        "Without it the file's name and media type decide."),
                Key.optional(
                        "delimiter",
                        KeyType.STRING,
                        Expressions.INLINE,
                        "CSV: one character; without it comma, semicolon, tab or bar, whichever"
                                + " makes the first rows equally wide."),
                Key.optional(
                        "encoding",
                        KeyType.STRING,
                        Expressions.INLINE,
                        "CSV and JSON: utf-8 (default), latin-1, windows-1252, utf-16, or any other"
                                + " name of a character set."),
                Key.optional(
                        "header",
                        KeyType.BOOLEAN,
                        Expressions.INLINE,
                        "CSV and XLSX: whether the first row holds the names (default true)."),
                Key.optional(
                        "columns",
                        KeyType.MAP,
                        Expressions.INLINE,
                        "Column name to DuckDB type. Columns not named here get the type that fits"
                                + " their first 100,000 values."),
                Key.optional(
                        "nulls",
                        KeyType.LIST,
                        Expressions.INLINE,
                        "CSV and XLSX: texts that mean null (default: the empty text)."),
                Key.optional(
                        "sheet",
                        KeyType.STRING,
                        Expressions.INLINE,
                        "XLSX: the sheet's name (default: the first)."),
                Key.choice(
                        "on_bad_row",
                        List.of("fail", "skip"),
                        "fail (default), or skip: bad rows go to the output bad_rows."));
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public boolean heavy() {
        return true;
    }

    @Override
    public Shape shape(Node.Map config) {
        return Shape.of(OUTPUTS);
    }

    @Override
    public String fingerprint(TaskContext context) throws TaskException {
        return Source.fingerprint(context);
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        ReadOptions options = ReadOptions.of(context.config());
        Source source = Source.open(context, options);
        if (source.format().equals("csv") || source.format().equals("json")) {
            source = PlainText.of(context, source, options.encoding());
        }
        try (DuckSession session = DuckSession.open(context, List.of(source.file()))) {
            Reading reading =
                    switch (source.format()) {
                        case "csv" -> new CsvRead(context, session, source, options).reading();
                        case "json" -> new JsonRead(context, session, source, options).reading();
                        case "xlsx" -> new XlsxRead(context, source, options).reading();
                        default -> parquet(source, options);
                    };
            String subject = "from \"" + source.name() + "\"";
            Path table = context.workDir().resolve("table.parquet");
            Value.TableInfo info = session.copy(subject, reading.rows(), table);
            Value badRows =
                    BadRows.store(
                            context, session, source, options.skipBadRows(), reading.badRows());
            Value stored = context.store(table, Value.Artifact.PARQUET, "table.parquet", info);
            return new Outcome.Succeeded(
                    Map.of(
                            Shape.DEFAULT_OUTPUT,
                            stored,
                            "bad_rows",
                            badRows,
                            "rows",
                            Value.of(info.rows())));
        }
    }

    private static Reading parquet(Source source, ReadOptions options) {
        List<String> casts = new ArrayList<>();
        options.columns()
                .forEach((name, type) ->
                        casts.add(
                                "CAST("
                                        + Sql.name(name)
                                        + " AS "
                                        + type
                                        + ") AS "
                                        + Sql.name(name)));
        String replace = casts.isEmpty() ? "" : " REPLACE (" + String.join(", ", casts) + ")";
        return new Reading(
                "SELECT *" + replace + " FROM read_parquet(" + Sql.file(source.file()) + ")",
                Reading.NO_BAD_ROWS);
    }
}
