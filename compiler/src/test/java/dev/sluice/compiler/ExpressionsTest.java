package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.ExpressionException;
import dev.sluice.model.Digest;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionsTest {
    private static final String FLOW =
            """
            id: f
            inputs:
              n: {type: integer}
              d: {type: number}
              s: {type: string}
              m: {type: map}
              l: {type: list}
              any: {type: any}
            tasks:
              x: {type: python, script: x, outputs: {auc: number, count: integer, features: table, rows: list, note: string}}
              open: {type: python, script: x}
              a:
                type: value
                foreach: [1, 2]
                value: {out: EXPRESSION}
            """;

    private static final Value.Artifact TABLE =
            new Value.Artifact(
                    Digest.of(new byte[0]),
                    10,
                    Value.Artifact.PARQUET,
                    "features.parquet",
                    new Value.TableInfo(List.of(new Value.Column("id", "BIGINT")), 3));

    private final FakeScope scope =
            new FakeScope()
                    .input("n", Value.of(3))
                    .input("d", Value.of(2))
                    .input("s", Value.of("abc"))
                    .input("m", Value.ofJava(Map.of("k", Map.of("deep", 1), "n", 2.5)))
                    .input("l", Value.ofJava(List.of(1, 2, 3)))
                    .input("any", Value.of(5))
                    .output("x", "auc", Value.of(0.83))
                    .output("x", "count", Value.of(4))
                    .output("x", "features", TABLE)
                    .output("x", "rows", Value.ofJava(List.of("p", "q")))
                    .output("x", "note", Value.Null.NULL)
                    .output("open", "y", Value.of("why"))
                    .item(Value.ofJava(Map.of("name", "i")));

    private static Template template(String text) {
        String quoted = "'" + text.replace("'", "''") + "'";
        CompiledFlow flow = FlowCompilerTest.compiled(FLOW.replace("EXPRESSION", quoted));
        return scope ->
                ((Value.MapOf) flow.tasks().get(2).config().get("value").resolve(scope))
                        .find("out");
    }

    private Object value(String text) {
        return template(text).resolve(scope).toJava();
    }

    private Object of(String expression) {
        return value("${{ " + expression + " }}");
    }

    @Test
    void aLoneExpressionKeepsItsType() {
        assertThat(of("inputs.n")).isEqualTo(3L);
        assertThat(of("inputs.m.k.deep")).isEqualTo(1L);
        assertThat(of("tasks.x.outputs.rows")).isEqualTo(List.of("p", "q"));
        assertThat(of("tasks.open.outputs.y")).isEqualTo("why");
        assertThat(of("item.name")).isEqualTo("i");
        assertThat(of("index")).isEqualTo(4L);
        assertThat(of("run.version")).isEqualTo(3L);
        assertThat(of("trigger.type")).isEqualTo("manual");
        assertThat(of("tasks.x.state")).isEqualTo("SUCCEEDED");
        assertThat(of("tasks.x.error")).isNull();
        assertThat(of("tasks.x.outputs.features.rows")).isEqualTo(3L);
        assertThat(of("tasks.x.outputs.features.columns.id")).isEqualTo("BIGINT");
        assertThat(of("true")).isEqualTo(true);
    }

    @Test
    void textRoundAnExpressionMakesAText() {
        assertThat(value("n=${{ inputs.n }}, d=${{ inputs.m.n }}")).isEqualTo("n=3, d=2.5");
        assertThat(value("${{ inputs.l }}${{ tasks.x.outputs.note }}!")).isEqualTo("[1,2,3]!");
        assertThat(value("${{ {'a': \"b\\n\"} }} and ${{ inputs.s }}"))
                .isEqualTo("{\"a\":\"b\\n\"} and abc");
    }

    @Test
    void numbersOfDifferentKindsCompareAndReckon() {
        assertThat(of("inputs.n > 0.8")).isEqualTo(true);
        assertThat(of("inputs.n == 3.0")).isEqualTo(true);
        assertThat(of("inputs.n != 3.5")).isEqualTo(true);
        assertThat(of("inputs.n + 0.5")).isEqualTo(3.5);
        assertThat(of("2 * inputs.d")).isEqualTo(4.0);
        assertThat(of("inputs.any == 5.0")).isEqualTo(true);
        assertThat(of("inputs.any / 2.0")).isEqualTo(2.5);
        assertThat(of("tasks.x.outputs.auc > 1 || tasks.x.outputs.count >= 3.5")).isEqualTo(true);
        assertThat(of("inputs.l.filter(x, x > 1.5).size()")).isEqualTo(2L);
        assertThat(of("math.greatest(inputs.n, 2.5)")).isEqualTo(3L);
    }

    @Test
    void nullOutputsAreAskedForAndMacrosWork() {
        assertThat(of("tasks.x.outputs.note == null")).isEqualTo(true);
        assertThat(of("tasks.x.outputs.auc != null")).isEqualTo(true);
        assertThat(of("tasks.x.outputs.rows == null")).isEqualTo(false);
        assertThat(of("tasks.x.outputs.features != null")).isEqualTo(true);
        assertThat(of("has(tasks.open.outputs.z) ? 1 : 2")).isEqualTo(2L);
        assertThat(of("has(tasks.open.outputs.y) ? tasks.open.outputs.y : 'none'"))
                .isEqualTo("why");
        assertThat(of("has(inputs.n) && inputs.n > 2.5")).isEqualTo(true);
        assertThat(of("has(inputs.m.k) ? inputs.m.k.deep : 0")).isEqualTo(1L);
        assertThat(of("has(item.name) ? item.name : ''")).isEqualTo("i");
        assertThat(of("has(tasks.x.outputs.features.rows) ? tasks.x.outputs.features.rows : 0"))
                .isEqualTo(3L);
        assertThat(of("inputs.m.map(k, k).exists(k, k == 'n')")).isEqualTo(true);
        assertThat(of("inputs['s'] + item['name']")).isEqualTo("abci");
        assertThat(of("inputs.s.upperAscii() + ['a', 'b'].join('-')")).isEqualTo("ABCa-b");
        assertThat(of("timestamp('2026-01-01T00:00:00Z') + duration('60s')"))
                .isEqualTo("2026-01-01T00:01:00Z");
        assertThat(of("type(inputs.n) == int")).isEqualTo(true);
    }

    @Test
    void anArtifactComesOutOfAnExpressionAsItself() {
        String either = "${{ inputs.n > 1 ? tasks.x.outputs.features : inputs.any }}";
        assertThat(template(either).resolve(scope)).isEqualTo(TABLE);
        assertThat(template("${{ [tasks.x.outputs.features] }}").resolve(scope).artifacts())
                .containsExactly(TABLE);
    }

    @Test
    void whatHasNoValueSaysWhichExpressionAndWhy() {
        fails("${{ inputs.m.missing }}", "inputs.m.missing", "no field \"missing\"");
        fails("${{ inputs.m.k.deep.er }}", "inputs.m.k.deep.er", "field \"er\" of a integer");
        fails("${{ tasks.open.outputs.z }}", "tasks.open.outputs.z", "no such output; it has y");
        fails("${{ inputs.n / 0 }}", "inputs.n / 0", "/ by zero");
        fails("${{ inputs.l[7] }}", "inputs.l[7]", "Index out of bounds: 7");
        fails("${{ inputs.m['q'] + 1 }}", "inputs.m['q'] + 1", "key 'q' is not present");
        fails("${{ b'abc' }}", "b'abc'", "the result is bytes");
        fails(
                "${{ tasks.x.outputs.note + 'x' }}",
                "tasks.x.outputs.note + 'x'",
                "perhaps one is null");
    }

    @Test
    void whatDidNotSucceedHasNullOutputs() {
        for (TaskState state : List.of(TaskState.FAILED, TaskState.SKIPPED)) {
            scope.state("open", state);
            assertThat(template("${{ tasks.open.outputs.z }}").resolve(scope))
                    .isEqualTo(Value.Null.NULL);
            assertThat(of("tasks.open.outputs.z == null")).isEqualTo(true);
        }
    }

    private void fails(String text, String expression, String reason) {
        assertThatThrownBy(() -> template(text).resolve(scope))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("${{ " + expression + " }} has no value: ")
                .hasMessageContaining(reason);
    }

    @Test
    void aTaskThatFailedTellsItsError() {
        scope.state("x", TaskState.FAILED);
        assertThat(of("tasks.x.state == 'FAILED' ? tasks.x.error : ''")).isEqualTo("it broke");
    }

    @Test
    void whatReachesAQueryIsApartFromItsText() {
        CompiledFlow flow =
                FlowCompilerTest.compiled(
                        """
                        id: f
                        inputs: {n: {type: integer}}
                        tasks:
                          a: {type: sql, query: "${{ inputs.n }}${{ 'x' }} + 1"}
                          b: {type: sql, query: SELECT 1}
                        """);
        assertThat(flow.tasks().get(0).config().get("query").resolve(scope).toJava())
                .isEqualTo(Arrays.asList("", 3L, "", "x", " + 1"));
        assertThat(flow.tasks().get(1).config().get("query"))
                .isEqualTo(new Template.Constant(Value.ofJava(List.of("SELECT 1"))));
    }

    @Test
    void expressionsOfOneShapeKeepTheirOwnNames() {
        String all =
                "${{ inputs.n + 1 }} ${{ tasks.x.outputs.count + 1 }} ${{ inputs.any + 1 }}"
                        + " ${{ inputs.n + inputs.n }} ${{ inputs.n + index }} ${{ index + inputs.n }}"
                        + " ${{ inputs.s + inputs.s }} ${{ inputs.m.n + inputs.n }}";
        assertThat(value(all)).isEqualTo("4 5 6 6 7 7 abcabc 5.5");
    }
}
