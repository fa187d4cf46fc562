package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What checking a table found.
 *
 * @param counts of violations, one for each check
 * @param first the first violations of each check, in words
 * @param violations columns rule, column, row_number, value, message; at most {@link #MOST} rows
 */
record Validation(
        List<Check> checks,
        List<Long> counts,
        List<List<String>> first,
        Value.Artifact violations) {
    static final int MOST = 10_000;
    private static final int SHOWN = 5;

    static Validation of(
            TaskContext context, DuckSession session, TableChoice choice, List<Check> checks)
            throws TaskException, InterruptedException {
        String file = Sql.file(context.path(choice.table()).toAbsolutePath());
        exist(session, file, choice.name(), checks);
        String source =
                "(SELECT *, file_row_number + 1 AS \"row number\" FROM read_parquet("
                        + file
                        + ", file_row_number=true)) AS checked";
        List<Long> counts = counts(session, source, checks);
        List<String> parts = new ArrayList<>();
        long left = MOST;
        for (int i = 0; i < checks.size(); i++) {
            long taken = Math.min(left, counts.get(i));
            if (taken > 0) {
                parts.add("(" + rows(checks.get(i), source, taken) + ")");
                left -= taken;
            }
        }
        String none =
                "SELECT NULL::VARCHAR AS rule, NULL::VARCHAR AS \"column\", NULL::BIGINT AS"
                        + " row_number, NULL::VARCHAR AS value, NULL::VARCHAR AS message WHERE"
                        + " false";
        String all = parts.isEmpty() ? none : String.join(" UNION ALL ", parts);
        Path target = context.workDir().resolve("violations.parquet");
        Value.TableInfo info = session.copy("rules", all, target);
        List<List<String>> first = first(session, target, checks);
        Value.Artifact violations =
                context.store(target, Value.Artifact.PARQUET, "violations.parquet", info);
        return new Validation(checks, counts, first, violations);
    }

    private static void exist(DuckSession session, String file, String table, List<Check> checks)
            throws TaskException, InterruptedException {
        List<String> names =
                session.columns("input", "FROM read_parquet(" + file + ")").stream()
                        .map(Value.Column::name)
                        .toList();
        for (Check check : checks) {
            for (String column : check.columns()) {
                if (names.stream().noneMatch(column::equalsIgnoreCase)) {
                    throw TaskException.terminal(
                            "rule \""
                                    + check.rule()
                                    + "\": "
                                    + table
                                    + " has no column \""
                                    + column
                                    + "\" (it has: "
                                    + Text.list(names)
                                    + ")");
                }
            }
        }
    }

    /** All that can be told row by row in one pass; each uniqueness in one of its own. */
    private static List<Long> counts(DuckSession session, String source, List<Check> checks)
            throws TaskException, InterruptedException {
        List<String> counted = new ArrayList<>();
        for (Check check : checks) {
            counted.add(
                    switch (check) {
                        case Check.OfRow row -> "count(*) FILTER (WHERE " + row.violated() + ")";
                        case Check.RowCount _ -> "count(*)";
                        case Check.Unique unique ->
                                "(SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n"
                                        + " FROM "
                                        + source
                                        + " WHERE "
                                        + notNull(unique)
                                        + " GROUP BY "
                                        + list(unique)
                                        + "))";
                    });
        }
        counted.add("count(*)");
        List<Long> counts =
                session.query(
                        "rules",
                        "SELECT " + String.join(",\n", counted) + " FROM " + source,
                        result -> {
                            List<Long> row = new ArrayList<>();
                            result.next();
                            for (int i = 1; i <= counted.size(); i++) {
                                row.add(result.getLong(i));
                            }
                            return row;
                        });
        List<Long> violations = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            violations.add(
                    checks.get(i) instanceof Check.RowCount rows
                            ? (rows.holds(counts.get(i)) ? 0L : 1L)
                            : counts.get(i));
        }
        return violations;
    }

    private static String rows(Check check, String source, long most) {
        String rule = Sql.text(check.rule()) + " AS rule, ";
        String columns = Sql.text(String.join(", ", check.columns())) + " AS \"column\", ";
        String values =
                check.columns().isEmpty()
                        ? "NULL::VARCHAR"
                        : String.join(
                                " || ', ' || ",
                                check.columns().stream()
                                        .map(c -> "coalesce(" + Sql.name(c) + "::VARCHAR, 'null')")
                                        .toList());
        String select =
                "SELECT "
                        + rule
                        + columns
                        + "\"row number\"::BIGINT AS row_number, "
                        + values
                        + " AS value, ";
        return switch (check) {
            case Check.OfRow row ->
                    select
                            + "'does not hold' AS message FROM "
                            + source
                            + " WHERE "
                            + row.violated()
                            + " ORDER BY row_number LIMIT "
                            + most;
            case Check.Unique unique ->
                    select
                            + "'again, first in row ' || earliest AS message FROM (SELECT *,"
                            + " min(\"row number\") OVER (PARTITION BY "
                            + list(unique)
                            + ") AS earliest FROM "
                            + source
                            + " WHERE "
                            + notNull(unique)
                            + ") WHERE \"row number\" > earliest ORDER BY row_number LIMIT "
                            + most;
            case Check.RowCount _ ->
                    "SELECT "
                            + rule
                            + columns
                            + "NULL::BIGINT AS row_number, count(*)::VARCHAR AS value, 'does not"
                            + " hold' AS message FROM "
                            + source;
        };
    }

    private static String list(Check.Unique unique) {
        return String.join(", ", unique.columns().stream().map(Sql::name).toList());
    }

    private static String notNull(Check.Unique unique) {
        return String.join(
                " AND ", unique.columns().stream().map(c -> Sql.name(c) + " IS NOT NULL").toList());
    }

    private static List<List<String>> first(DuckSession session, Path file, List<Check> checks)
            throws TaskException, InterruptedException {
        List<List<String>> first = new ArrayList<>();
        for (Check check : checks) {
            first.add(
                    session.query(
                            "rules",
                            "SELECT row_number, value, message FROM read_parquet("
                                    + Sql.file(file)
                                    + ") WHERE rule = "
                                    + Sql.text(check.rule())
                                    + " LIMIT "
                                    + SHOWN,
                            result -> {
                                List<String> rows = new ArrayList<>();
                                while (result.next()) {
                                    String row = result.getString(1);
                                    String value = result.getString(2);
                                    String where = row == null ? "" : "row " + row;
                                    String what = value == null ? "" : ": " + value;
                                    String note = result.getString(3);
                                    rows.add(
                                            where
                                                    + what
                                                    + (note.equals("does not hold")
                                                            ? ""
                                                            : " (" + note + ")"));
                                }
                                return rows;
                            }));
        }
        return first;
    }

    boolean passed() {
        return total() == 0;
    }

    long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    void log(TaskContext context) {
        for (int i = 0; i < checks.size(); i++) {
            long count = counts.get(i);
            context.log(
                    count == 0
                            ? "rule \"" + checks.get(i).rule() + "\" holds"
                            : told(i)
                                    + ": "
                                    + String.join("; ", first.get(i))
                                    + (count > SHOWN ? "; …" : ""));
        }
        if (total() > MOST) {
            context.log("the table violations holds the first " + MOST + " of " + total());
        }
    }

    private String told(int check) {
        long count = counts.get(check);
        return "rule \""
                + checks.get(check).rule()
                + "\" is violated "
                + (count == 1 ? "once" : count + " times");
    }

    /** Rules, counts and the first rows' numbers; the values are in the log. */
    String message(String table) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            if (counts.get(i) > 0) {
                List<String> rows =
                        first.get(i).stream()
                                .map(line -> line.replaceFirst("[:(].*", "").strip())
                                .filter(line -> !line.isEmpty())
                                .toList();
                String dots = counts.get(i) > rows.size() ? ", …" : "";
                parts.add(
                        told(i)
                                + (rows.isEmpty()
                                        ? ""
                                        : " (" + String.join(", ", rows) + dots + ")"));
            }
        }
        return table
                + " breaks its rules: "
                + String.join("; ", parts)
                + ". The log shows the values; on_violation: warn hands them on as a table";
    }
}
