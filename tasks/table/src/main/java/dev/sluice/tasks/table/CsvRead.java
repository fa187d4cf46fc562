package dev.sluice.tasks.table;

import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One CSV file on its way to Parquet. */
final class CsvRead {
    /** One row for each bad row; a row may be wrong in several columns. */
    private static final String BAD_ROWS =
            """
            SELECT line::BIGINT AS row_number, first(csv_line) AS text,
                string_agg(CASE error_type
                    WHEN 'TOO MANY COLUMNS' THEN lower(error_message)
                    WHEN 'MISSING COLUMNS' THEN lower(error_message)
                    ELSE regexp_replace(error_message, '^Error when converting column ', 'column ')
                    END, '; ' ORDER BY column_idx) AS reason
            FROM (FROM reject_errors QUALIFY error_type NOT IN
                    ('TOO MANY COLUMNS', 'MISSING COLUMNS')
                OR column_idx = max(column_idx) OVER (PARTITION BY line, error_type))
            GROUP BY line ORDER BY line\
            """;

    private final TaskContext context;
    private final DuckSession session;
    private Source source;
    private final ReadOptions options;

    CsvRead(TaskContext context, DuckSession session, Source source, ReadOptions options) {
        this.context = context;
        this.session = session;
        this.source = source;
        this.options = options;
    }

    Reading reading() throws TaskException, InterruptedException {
        CsvHead head = head();
        List<String> notes = new ArrayList<>();
        List<String> names = head.names(options.header(), notes);
        if (head.mixed()) {
            notes.add("lines end in more than one way: read as if all ended alike");
            source = PlainText.withOneLineEnd(context, source);
        }
        notes.forEach(context::log);
        Map<String, String> types = types(head, names);
        return new Reading("FROM " + scan(head, types, "store_rejects=true"), BAD_ROWS);
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
        options.checkColumns(names, source.name());
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
}
