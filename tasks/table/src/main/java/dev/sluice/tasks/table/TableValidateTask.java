package dev.sluice.tasks.table;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code table.validate}: whether a table keeps its rules. Its own table is the one it checked, so
 * that what follows reads {@code FROM check} and runs only if the rules hold.
 */
final class TableValidateTask implements TaskType {
    private static final Map<String, ValueType> OUTPUTS =
            Map.of(
                    Shape.DEFAULT_OUTPUT,
                    ValueType.TABLE,
                    "violations",
                    ValueType.TABLE,
                    "passed",
                    ValueType.BOOLEAN,
                    "violation_count",
                    ValueType.INTEGER);

    private final SqlParser parser;

    TableValidateTask(SqlParser parser) {
        this.parser = parser;
    }

    @Override
    public String name() {
        return "table.validate";
    }

    @Override
    public String summary() {
        return "Checks a table against rules.";
    }

    @Override
    public List<Key> keys() {
        return List.of(
                Key.required(
                        "rules",
                        KeyType.LIST,
                        Expressions.INLINE,
                        "A list of {column, not_null, unique, min, max, matches, in, references},"
                                + " {columns, unique}, {rows: {min, max}} or {sql: condition}, each"
                                + " with a name if it is to have one. Null breaks not_null only."),
                TableChoice.KEY,
                Key.choice(
                        "on_violation",
                        List.of("fail", "warn"),
                        "fail (default), or warn: the task succeeds with passed: false."));
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
        Set<String> tables = new HashSet<>(TableChoice.names(config));
        List<Problem> problems = new ArrayList<>();
        Node rules = config.find("rules");
        if (rules != null) {
            problems.addAll(Rules.problems(rules));
            tables.addAll(Rules.tables(rules));
            for (Node.Scalar condition : Rules.conditions(rules)) {
                if (!condition.text().contains("${{")) {
                    condition(condition, tables, problems);
                }
            }
        }
        return new Shape(OUTPUTS, false, tables, problems);
    }

    private void condition(Node.Scalar sql, Set<String> tables, List<Problem> problems) {
        switch (parser.parse("SELECT (\n" + sql.text() + "\n)")) {
            case SqlParser.Parsed.Select select -> tables.addAll(select.tables());
            case SqlParser.Parsed.Opaque _ ->
                    problems.add(new Problem(sql.mark(), "rule: sql: expected a condition"));
            case SqlParser.Parsed.Wrong wrong ->
                    problems.add(new Problem(sql.mark(), "rule: sql: " + wrong.message()));
        }
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        TableChoice choice = TableChoice.of(context);
        List<Check> checks = Rules.of(context.config().getOrDefault("rules", Value.Null.NULL));
        Validation validation;
        try (DuckSession session = TableInputs.open(context, List.of(choice.table()))) {
            validation = Validation.of(context, session, choice, checks);
        }
        validation.log(context);
        boolean warn =
                context.config().get("on_violation") instanceof Value.Text t
                        && t.value().equals("warn");
        if (!validation.passed() && !warn) {
            throw TaskException.terminal(validation.message(choice.name()));
        }
        return new Outcome.Succeeded(
                Map.of(
                        Shape.DEFAULT_OUTPUT,
                        choice.table(),
                        "violations",
                        validation.violations(),
                        "passed",
                        Value.of(validation.passed()),
                        "violation_count",
                        Value.of(validation.total())));
    }
}
