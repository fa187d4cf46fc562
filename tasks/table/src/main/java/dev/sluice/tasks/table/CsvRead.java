package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One CSV file on its way to Parquet. */
final class CsvRead {
    private static final int SHOWN = 5;

    /** One row for each bad row; a row may be wrong in several columns. */
    private static final String BAD_ROWS =
            """
            SELECT line::BIGINT AS row_number, first(csv_line) AS text,
                string_agg(CASE error_type
                    WHEN 'TOO MANY COLUMNS' THEN lower(error_message)
                    WHEN 'MISSING COLUMNS' THEN lower(error_message)
                    ELSE regexp_replace(error_message, '^Error when converting column ', 'column ')
                    END, '; ' ORDER BY column_idx) AS reason
            FROM reject_errors GROUP BY line ORDER BY line\
            """;

    private final TaskContext context;
    private final DuckSession session;
    private final Source source;
    private final ReadOptions options;

    CsvRead(TaskContext context, DuckSession session, Source source, ReadOptions options) {
        this.context = context;
        this.session = session;
        this.source = source;
        this.options = options;
    }

    Value.TableInfo read(Path target) throws TaskException, InterruptedException {
        CsvHead head = head();
        List<String> notes = new ArrayList<>();
        List<String> names = head.names(options.header(), notes);
        notes.forEach(context::log);
        Map<String, String> types = types(head, names);
        String query = "FROM " + scan(head, types, "store_rejects=true");
        Value.TableInfo info = session.copy("from \"" + source.name() + "\"", query, target);
        reject();
        return info;
    }

    private CsvHead head() throws TaskException {
        try {
            CsvHead head = CsvHead.read(source.file(), options.delimiter());
            if (head.records().isEmpty()) {
                throw TaskException.terminal("from: \"" + source.name() + "\" is empty");
            }
            return head;
        } catch (IOException e) {
            throw TaskException.terminal("from: \"" + source.name() + "\" cannot be read");
        }
    }

    private Map<String, String> types(CsvHead head, List<String> names)
            throws TaskException, InterruptedException {
        for (String given : options.columns().keySet()) {
            if (!names.contains(given)) {
                throw TaskException.terminal(
                        "columns: \""
                                + given
                                + "\" is not in \""
                                + source.name()
                                + "\" (it has: "
                                + Text.list(names)
                                + ")");
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        names.forEach(name -> texts.put(name, "VARCHAR"));
        session.execute("from", ColumnTypes.macro());
        List<Integer> kinds =
                session.query(
                        "from \"" + source.name() + "\"",
                        ColumnTypes.query(names, scan(head, texts, "ignore_errors=true")),
                        result -> {
                            List<Integer> row = new ArrayList<>();
                            result.next();
                            for (int i = 0; i < names.size(); i++) {
                                row.add(result.getInt(i + 1));
                            }
                            return row;
                        });
        Map<String, String> types = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String given = options.columns().get(name);
            types.put(name, given != null ? given : ColumnTypes.of(kinds.get(i)));
        }
        return types;
    }

    private String scan(CsvHead head, Map<String, String> types, String onError) {
        List<String> columns = new ArrayList<>();
        types.forEach((name, type) -> columns.add(Sql.text(name) + ": " + Sql.text(type)));
        return "read_csv("
                + Sql.file(source.file())
                + ", auto_detect=false, compression='none', quote='\"', escape='\"', skip=0, header="
                + options.header()
                + ", delim="
                + Sql.text(String.valueOf(head.delimiter()))
                + ", nullstr="
                + Sql.texts(options.nulls())
                + ", columns={"
                + String.join(", ", columns)
                + "}, "
                + onError
                + ")";
    }

    private void reject() throws TaskException, InterruptedException {
        long bad =
                session.query(
                        "bad rows",
                        "SELECT count(DISTINCT line) FROM reject_errors",
                        result -> result.next() ? result.getLong(1) : 0);
        if (bad == 0) {
            return;
        }
        List<String> first =
                session.query(
                        "bad rows",
                        "FROM (" + BAD_ROWS + ") LIMIT " + SHOWN,
                        result -> {
                            List<String> lines = new ArrayList<>();
                            while (result.next()) {
                                lines.add("row " + result.getLong(1) + ": " + result.getString(3));
                            }
                            return lines;
                        });
        String told = bad + (bad == 1 ? " bad row" : " bad rows") + " in \"" + source.name() + "\"";
        if (!options.skipBadRows()) {
            throw TaskException.terminal(
                    told
                            + ": "
                            + String.join("; ", first)
                            + (bad > SHOWN ? "; …" : "")
                            + ". Mend the file, give the column another type (columns:), or skip"
                            + " such rows into the output bad_rows (on_bad_row: skip)");
        }
        context.log("skipped " + told);
        first.forEach(context::log);
    }

    Value.TableInfo badRows(Path target) throws TaskException, InterruptedException {
        return session.copy("bad rows", BAD_ROWS, target);
    }
}
