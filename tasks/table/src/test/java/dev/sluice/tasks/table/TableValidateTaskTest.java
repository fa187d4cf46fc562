package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableValidateTaskTest {
    @TempDir Path root;
    private static final TableValidateTask VALIDATE = new TableValidateTask(new SqlParser());

    private static final String PEOPLE =
            """
            SELECT * FROM (VALUES
                (1, 'Ada', 36, 'GB', DATE '1815-12-10'),
                (2, 'Bob', 200, 'XX', NULL),
                (2, NULL, -1, 'IT', DATE '2001-01-01'),
                (NULL, 'a b', NULL, NULL, DATE '2001-01-01')) t(id, name, age, land, born)\
            """;

    @Test
    void everyRuleIsCheckedAndItsViolationsAreATable() throws Exception {
        FakeTaskContext context =
                context(
                                Map.of("column", "id", "not_null", true, "unique", true),
                                Map.of("column", "age", "min", 0, "max", 150),
                                Map.of("column", "name", "matches", "[A-Za-z]+"),
                                Map.of("column", "land", "in", List.of("GB", "IT")),
                                Map.of("column", "land", "references", "lands.code"),
                                Map.of("column", "born", "min", "1900-01-01"),
                                Map.of("columns", List.of("id", "born"), "unique", true),
                                Map.of("rows", Map.of("min", 5)),
                                Map.of("sql", "age < 100 OR name = 'Bob'", "name", "old"))
                        .with("on_violation", "warn")
                        .input("lands", Made.table(root, "SELECT 'GB' AS code"))
                        .with("input", "people");
        Map<String, Value> outputs = Made.outputs(VALIDATE.run(context));
        assertThat(outputs.get("passed")).isEqualTo(Value.of(false));
        assertThat(outputs.get("violation_count")).isEqualTo(Value.of(10));
        assertThat(outputs.get("table")).isEqualTo(context.inputs().get("people"));
        assertThat(Made.rows(root, outputs.get("violations")))
                .containsExactlyInAnyOrder(
                        "{rule=id not null, column=id, row_number=4, value=null, message=does not"
                                + " hold}",
                        "{rule=id unique, column=id, row_number=3, value=2, message=again, first"
                                + " in row 2}",
                        "{rule=age from 0 to 150, column=age, row_number=2, value=200,"
                                + " message=does not hold}",
                        "{rule=age from 0 to 150, column=age, row_number=3, value=-1,"
                                + " message=does not hold}",
                        "{rule=name matches [A-Za-z]+, column=name, row_number=4, value=a b,"
                                + " message=does not hold}",
                        "{rule=land in [GB, IT], column=land, row_number=2, value=XX, message=does"
                                + " not hold}",
                        "{rule=land references lands.code, column=land, row_number=2, value=XX,"
                                + " message=does not hold}",
                        "{rule=land references lands.code, column=land, row_number=3, value=IT,"
                                + " message=does not hold}",
                        "{rule=born at least 1900-01-01, column=born, row_number=1,"
                                + " value=1815-12-10, message=does not hold}",
                        "{rule=rows at least 5, column=, row_number=null, value=4, message=does"
                                + " not hold}");
    }

    @Test
    void aTableThatKeepsItsRulesGoesThrough() throws Exception {
        FakeTaskContext context = context(Map.of("column", "age", "max", 300));
        Map<String, Value> outputs = Made.outputs(VALIDATE.run(context));
        assertThat(outputs.get("passed")).isEqualTo(Value.of(true));
        assertThat(Made.rows(root, outputs.get("violations"))).isEmpty();
        assertThat(context.lines()).containsExactly("rule \"age at most 300\" holds");
    }

    @Test
    void aBrokenRuleFailsTheTaskWithItsNameAndRows() throws Exception {
        FakeTaskContext context = context(Map.of("column", "age", "max", 150, "name", "human"));
        assertThatThrownBy(() -> VALIDATE.run(context))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining(
                        "people breaks its rules: rule \"human\" is violated once" + " (row 2)");
        assertThat(context.lines()).anyMatch(line -> line.contains("row 2: 200"));
    }

    @Test
    void aMissingColumnIsTold() throws Exception {
        assertThatThrownBy(() -> VALIDATE.run(context(Map.of("column", "agee", "max", 1))))
                .hasMessageContaining("people has no column \"agee\" (it has: id, name, age");
    }

    @Test
    void violationsAreCountedBeyondWhatTheTableHolds() throws Exception {
        FakeTaskContext context =
                new FakeTaskContext(root)
                        .input("big", Made.table(root, "SELECT i FROM range(30000) t(i)"))
                        .with("on_violation", "warn")
                        .with("rules", rules(Map.of("column", "i", "max", -1)));
        Map<String, Value> outputs = Made.outputs(VALIDATE.run(context));
        assertThat(outputs.get("violation_count")).isEqualTo(Value.of(30_000));
        assertThat(((Value.Artifact) outputs.get("violations")).table().rows()).isEqualTo(10_000);
    }

    @Test
    void aRulesMistakesAreFoundInItsText() {
        List<String> problems =
                shape(
                                Map.of("column", "a", "notnull", true),
                                Map.of("column", "a"),
                                Map.of("unique", true),
                                Map.of("sql", "a <"),
                                Map.of("sql", "a < ${{ inputs.x }}"),
                                Map.of("column", "a", "references", "lands.code"))
                        .problems()
                        .stream()
                        .map(Problem::message)
                        .toList();
        assertThat(problems)
                .anyMatch(p -> p.startsWith("rule: unknown key \"notnull\""))
                .anyMatch(p -> p.startsWith("rule: nothing to check"))
                .anyMatch(p -> p.startsWith("rule: expected exactly one of column"))
                .anyMatch(p -> p.startsWith("rule: sql: syntax error"))
                .anyMatch(p -> p.startsWith("rule: sql takes no expressions"));
        assertThat(shape(Map.of("column", "a", "references", "lands.code")).tables())
                .containsExactly("lands");
        assertThat(shape(Map.of("sql", "a IN (SELECT x FROM other)")).tables())
                .containsExactly("other");
    }

    @Test
    void aRuleOfAnotherKindThanItsKeyTakesIsRefusedAndNeverPassed() throws Exception {
        List<Map<String, Object>> wrong =
                List.of(
                        Map.of("column", "id", "unique", "yes"),
                        Map.of("column", "id", "not_null", 1),
                        Map.of("column", "id", "references", Map.of("table", "people")),
                        Map.of("column", "id", "references", "people"),
                        Map.of("column", "id", "in", "a"),
                        Map.of("column", "id", "matches", 5),
                        Map.of("column", "id", "min", List.of(1)),
                        Map.of("columns", List.of(), "unique", true),
                        Map.of("rows", 5),
                        Map.of("rows", Map.of("min", 5, "max", 2)),
                        Map.of("rows", Map.of("least", 5)));
        for (Map<String, Object> rule : wrong) {
            assertThat(shape(rule).problems())
                    .as(rule.toString())
                    .anyMatch(p -> p.message().matches("rule: .*\\(expected: .*\\)"));
            assertThatThrownBy(() -> VALIDATE.run(context(rule)))
                    .as(rule.toString())
                    .isInstanceOf(TaskException.class)
                    .hasMessageContaining("(expected: ");
        }
    }

    @SafeVarargs
    private FakeTaskContext context(Map<String, Object>... rules) throws Exception {
        return new FakeTaskContext(root)
                .input("people", Made.table(root, PEOPLE))
                .with("rules", rules(rules));
    }

    @SafeVarargs
    private static Value rules(Map<String, Object>... rules) {
        return Value.ofJava(List.of(rules));
    }

    @SafeVarargs
    private static TaskType.Shape shape(Map<String, Object>... rules) {
        return VALIDATE.shape((Node.Map) node(Value.ofJava(Map.of("rules", List.of(rules)))));
    }

    private static Node node(Value value) {
        return switch (value) {
            case Value.MapOf map -> {
                List<Node.Entry> entries = new ArrayList<>();
                map.entries()
                        .forEach((k, v) -> entries.add(new Node.Entry(Mark.START, k, node(v))));
                yield new Node.Map(Mark.START, entries);
            }
            case Value.ListOf list ->
                    new Node.Seq(
                            Mark.START,
                            list.items().stream().map(TableValidateTaskTest::node).toList());
            default -> new Node.Scalar(Mark.START, value, "" + value.toJava(), true);
        };
    }
}
