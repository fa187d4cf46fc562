package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows that did not become rows of the table: an output of their own, or the task's failure. */
final class BadRows {
    private static final int SHOWN = 5;

    private BadRows() {}

    /**
     * Writes them and logs how many.
     *
     * @param query columns row_number, text, reason
     * @throws TaskException with the first of them, if there are some and they may not be skipped
     */
    static Value.Artifact store(
            TaskContext context, DuckSession session, Source source, boolean skip, String query)
            throws TaskException, InterruptedException {
        Path file = context.workDir().resolve("bad_rows.parquet");
        Value.TableInfo info = session.copy("bad rows", query, file);
        if (info.rows() > 0) {
            List<String> first = first(session, file);
            String told =
                    info.rows()
                            + (info.rows() == 1 ? " bad row" : " bad rows")
                            + " in \""
                            + source.name()
                            + "\"";
            if (!skip) {
                throw TaskException.terminal(
                        told
                                + ": "
                                + String.join("; ", first)
                                + (info.rows() > SHOWN ? "; …" : "")
                                + ". Mend the file, give the column another type (columns:), or"
                                + " skip such rows into the output bad_rows (on_bad_row: skip)");
            }
            context.log("skipped " + told);
            first.forEach(context::log);
        }
        return context.store(file, Value.Artifact.PARQUET, "bad_rows.parquet", info);
    }

    private static List<String> first(DuckSession session, Path file)
            throws TaskException, InterruptedException {
        return session.query(
                "bad rows",
                "SELECT row_number, reason FROM read_parquet("
                        + Sql.file(file)
                        + ") LIMIT "
                        + SHOWN,
                result -> {
                    List<String> lines = new ArrayList<>();
                    while (result.next()) {
                        lines.add("row " + result.getLong(1) + ": " + result.getString(2));
                    }
                    return lines;
                });
    }
}
