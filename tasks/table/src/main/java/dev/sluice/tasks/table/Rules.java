package dev.sluice.tasks.table;

import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@code table.validate}. Each names {@code column} (or {@code columns}, or {@code
 * rows}, or {@code sql}) and one or more of {@code not_null unique min max matches in references}.
 */
final class Rules {
    static final Set<String> KEYS =
            new TreeSet<>(
                    List.of(
                            "name",
                            "column",
                            "columns",
                            "not_null",
                            "unique",
                            "min",
                            "max",
                            "matches",
                            "in",
                            "references",
                            "rows",
                            "sql"));
    private static final Set<String> TARGETS = Set.of("column", "columns", "rows", "sql");

    private Rules() {}

    /** The mistakes that a rule's text shows. */
    static List<Problem> problems(Node rules) {
        if (!(rules instanceof Node.Seq seq)) {
            return rules instanceof Node.Scalar s && s.text().contains("${{")
                    ? List.of()
                    : List.of(
                            new Problem(
                                    rules.mark(),
                                    "rules: " + rules.kind() + " (expected: a list of rules)"));
        }
        List<Problem> problems = new ArrayList<>();
        for (Node item : seq.items()) {
            if (item instanceof Node.Map rule) {
                problems(rule, problems);
            } else {
                problems.add(
                        new Problem(
                                item.mark(),
                                "rule: "
                                        + item.kind()
                                        + " (expected: a map such as {column: id,"
                                        + " not_null: true})"));
            }
        }
        return problems;
    }

    private static void problems(Node.Map rule, List<Problem> problems) {
        int targets = 0;
        int checks = 0;
        for (Node.Entry entry : rule.entries()) {
            String key = entry.key();
            if (!KEYS.contains(key)) {
                problems.add(
                        new Problem(
                                entry.mark(),
                                "rule: unknown key \""
                                        + key
                                        + "\" (one of: "
                                        + String.join(", ", KEYS)
                                        + ")"));
            } else if (!hasExpression(entry.value())) {
                String fault = RuleValues.fault(key, entry.value().toValue());
                if (fault != null) {
                    problems.add(new Problem(entry.mark(), fault));
                }
            }
            targets += TARGETS.contains(key) ? 1 : 0;
            checks += !TARGETS.contains(key) && !key.equals("name") ? 1 : 0;
            if (key.equals("sql")
                    && entry.value() instanceof Node.Scalar sql
                    && sql.text().contains("${{")) {
                problems.add(
                        new Problem(
                                sql.mark(),
                                "rule: sql takes no expressions; use min, max, in or matches, or"
                                        + " hand the value over with inputs: and"
                                        + " getvariable('name')"));
            }
        }
        boolean whole = rule.find("rows") != null || rule.find("sql") != null;
        if (targets != 1) {
            problems.add(
                    new Problem(
                            rule.mark(),
                            "rule: expected exactly one of column, columns, rows, sql"));
        } else if (whole ? checks > 0 : checks == 0) {
            problems.add(
                    new Problem(
                            rule.mark(),
                            whole
                                    ? "rule: rows and sql stand alone"
                                    : "rule: nothing to check (add not_null, unique, min, max,"
                                            + " matches, in or references)"));
        }
    }

    private static boolean hasExpression(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.text().contains("${{");
            case Node.Seq seq -> seq.items().stream().anyMatch(Rules::hasExpression);
            case Node.Map map -> map.entries().stream().anyMatch(e -> hasExpression(e.value()));
        };
    }

    /** The tables that {@code references} name. */
    static Set<String> tables(Node rules) {
        Set<String> tables = new TreeSet<>();
        if (rules instanceof Node.Seq seq) {
            for (Node item : seq.items()) {
                if (item instanceof Node.Map rule
                        && rule.find("references") instanceof Node.Scalar s
                        && !s.text().contains("${{")
                        && s.text().contains(".")) {
                    tables.add(s.text().substring(0, s.text().lastIndexOf('.')));
                }
            }
        }
        return tables;
    }

    /** The SQL conditions with their places. */
    static List<Node.Scalar> conditions(Node rules) {
        List<Node.Scalar> conditions = new ArrayList<>();
        if (rules instanceof Node.Seq seq) {
            for (Node item : seq.items()) {
                if (item instanceof Node.Map rule && rule.find("sql") instanceof Node.Scalar s) {
                    conditions.add(s);
                }
            }
        }
        return conditions;
    }

    static List<Check> of(Value rules) throws TaskException {
        if (!(rules instanceof Value.ListOf list)) {
            throw TaskException.terminal(
                    "rules: a " + rules.kind() + " (expected: a list of rules)");
        }
        List<Check> checks = new ArrayList<>();
        for (Value item : list.items()) {
            if (!(item instanceof Value.MapOf rule)) {
                throw TaskException.terminal("rule: a " + item.kind() + " (expected: a map)");
            }
            add(rule, checks);
        }
        return checks;
    }

    private static void add(Value.MapOf rule, List<Check> checks) throws TaskException {
        for (var entry : rule.entries().entrySet()) {
            String fault = RuleValues.fault(entry.getKey(), entry.getValue());
            if (fault != null) {
                throw TaskException.terminal(fault);
            }
        }
        @Nullable String name = rule.find("name") instanceof Value.Text t ? t.value() : null;
        if (rule.find("sql") instanceof Value.Text sql) {
            String condition = sql.value();
            checks.add(
                    new Check.OfRow(
                            name == null ? condition : name,
                            List.of(),
                            "NOT (\n" + condition + "\n)"));
            return;
        }
        if (rule.find("rows") instanceof Value.MapOf rows) {
            Long min = rows.find("min") instanceof Value.Int i ? i.value() : null;
            Long max = rows.find("max") instanceof Value.Int i ? i.value() : null;
            checks.add(new Check.RowCount(label(name, "rows", range(min, max)), min, max));
            return;
        }
        List<String> columns = columns(rule);
        if (truth(rule, "unique")) {
            checks.add(
                    new Check.Unique(label(name, String.join(", ", columns), "unique"), columns));
        }
        for (String column : columns) {
            ofColumn(rule, name, column, checks);
        }
    }

    private static void ofColumn(
            Value.MapOf rule, @Nullable String name, String column, List<Check> checks)
            throws TaskException {
        String quoted = Sql.name(column);
        List<String> one = List.of(column);
        if (truth(rule, "not_null")) {
            checks.add(new Check.OfRow(label(name, column, "not null"), one, quoted + " IS NULL"));
        }
        Value min = rule.find("min");
        Value max = rule.find("max");
        if (min != null || max != null) {
            List<String> out = new ArrayList<>();
            if (min != null) {
                out.add(quoted + " < " + Sql.literal(min));
            }
            if (max != null) {
                out.add(quoted + " > " + Sql.literal(max));
            }
            String words =
                    range(min == null ? null : min.toJava(), max == null ? null : max.toJava());
            checks.add(new Check.OfRow(label(name, column, words), one, String.join(" OR ", out)));
        }
        if (rule.find("matches") instanceof Value.Text pattern) {
            checks.add(
                    new Check.OfRow(
                            label(name, column, "matches " + pattern.value()),
                            one,
                            "NOT regexp_full_match(CAST("
                                    + quoted
                                    + " AS VARCHAR), "
                                    + Sql.literal(pattern)
                                    + ")"));
        }
        if (rule.find("in") instanceof Value.ListOf allowed) {
            checks.add(in(name, column, allowed));
        }
        if (rule.find("references") instanceof Value.Text reference) {
            checks.add(references(name, column, reference.value()));
        }
    }

    /** Compared as text, so that 1 is among ['1', '2'] and a text column may hold numbers. */
    private static Check in(@Nullable String name, String column, Value.ListOf allowed) {
        StringJoiner texts = new StringJoiner(", ", "[", "]");
        allowed.items().forEach(v -> texts.add(Sql.text(String.valueOf(v.toJava()))));
        String quoted = Sql.name(column);
        return new Check.OfRow(
                label(name, column, "in " + allowed.toJava()),
                List.of(column),
                quoted
                        + " IS NOT NULL AND NOT list_contains("
                        + texts
                        + "::VARCHAR[], CAST("
                        + quoted
                        + " AS VARCHAR))");
    }

    private static Check references(@Nullable String name, String column, String reference)
            throws TaskException {
        int dot = reference.lastIndexOf('.');
        if (dot <= 0) {
            throw TaskException.terminal(
                    "references: \"" + reference + "\" (expected: table.column)");
        }
        String table = TableInputs.quoted(reference.substring(0, dot));
        String quoted = Sql.name(column);
        return new Check.OfRow(
                label(name, column, "references " + reference),
                List.of(column),
                quoted
                        + " IS NOT NULL AND NOT EXISTS (FROM "
                        + table
                        + " AS referenced WHERE referenced."
                        + Sql.name(reference.substring(dot + 1))
                        + " = checked."
                        + quoted
                        + ")");
    }

    private static List<String> columns(Value.MapOf rule) throws TaskException {
        if (rule.find("column") instanceof Value.Text column) {
            return List.of(column.value());
        }
        if (rule.find("columns") instanceof Value.ListOf list) {
            return list.items().stream().map(v -> String.valueOf(v.toJava())).toList();
        }
        throw TaskException.terminal(
                "rule: " + rule.toJava() + " (expected: column, columns, rows or sql)");
    }

    private static boolean truth(Value.MapOf rule, String key) {
        return rule.find(key) instanceof Value.Bool b && b.value();
    }

    private static String label(@Nullable String name, String subject, String words) {
        return name != null ? name : subject + " " + words;
    }

    private static String range(@Nullable Object min, @Nullable Object max) {
        if (min == null) {
            return "at most " + max;
        }
        return max == null ? "at least " + min : "from " + min + " to " + max;
    }
}
