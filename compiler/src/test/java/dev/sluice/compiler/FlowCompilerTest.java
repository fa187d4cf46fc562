package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Plan;
import dev.sluice.model.Problem;
import dev.sluice.model.RunIf;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowCompilerTest {
    static final String EXAMPLE =
            """
            id: disease-prediction                 # a comment
            title: Predict disease risk from genotypes
            labels: {team: research}
            inputs:
              samples: {type: file, default: data/disease.csv}   # relative
              seed:    {type: integer, default: 7}
            tasks:
              raw:
                type: table.read
                from: ${{ inputs.samples }}
              clean:
                type: sql
                query: |
                  SELECT DISTINCT * FROM raw
              choose:
                type: python
                needs: [clean]
                env: {SEED: "${{ inputs.seed }}"}
                script: |
                  import sluice
                  for row in sluice.rows("clean"): ...
                  sluice.value(auc=0.83)
                outputs: {features: table, auc: number}
                retry: {attempts: 3, delay: 2s, backoff: exponential, max_delay: 1m}
                timeout: 10m
                resources: {cpu: 1, memory: 1Gi, disk: 2Gi, gpu: 0}
                cache: true
              predict:
                type: python
                needs: [choose]
                when: ${{ tasks.choose.outputs.auc > 0.8 }}
                script: ...
            outputs:
              report: ${{ tasks.predict.outputs.report }}
            triggers:
              nightly: {type: schedule, cron: "0 2 * * *", timezone: Europe/Rome}
              landed:  {type: file, path: incoming/*.csv}
            layout: {raw: [0, 0], clean: [240, 0]}
            """;

    static CompiledFlow compiled(String text) {
        FlowCompiler.Result result = FakeTypes.compiler().compile(text);
        assertThat(result.problems()).map(p -> p.format("f")).isEmpty();
        return result.flow();
    }

    static List<String> problems(String text) {
        return FakeTypes.compiler().compile(text).problems().stream()
                .map(FlowCompilerTest::shown)
                .toList();
    }

    private static String shown(Problem p) {
        return p.mark().line() + ":" + p.mark().column() + ": " + p.message();
    }

    static List<String> edges(CompiledFlow flow) {
        return flow.tasks().stream()
                .flatMap(t ->
                        t.edges().stream()
                                .map(e ->
                                        flow.plan().tasks().get(e.from()).path()
                                                + (e.output().isEmpty() ? "" : "." + e.output())
                                                + " -> "
                                                + t.source().path()
                                                + " "
                                                + e.kind()))
                .toList();
    }

    @Test
    void theExampleOfTheFormatCompiles() {
        CompiledFlow flow = compiled(EXAMPLE);
        assertThat(edges(flow))
                .containsExactly(
                        "raw -> clean TABLE", "clean -> choose NEEDS", "choose -> predict NEEDS");
        Plan.Task choose = flow.plan().tasks().get(2);
        assertThat(choose.needs()).containsExactly(1);
        assertThat(choose.successors()).containsExactly(3);
        assertThat(choose.retry().delay()).isEqualTo(Duration.ofSeconds(2));
        assertThat(choose.waitLimit()).isEqualTo(Duration.ofMinutes(10));
        assertThat(choose.outputNames()).containsExactly("auc", "features");
        FakeScope scope = new FakeScope().input("seed", Value.of(7));
        assertThat(flow.tasks().get(2).config().get("env").resolve(scope).toJava())
                .isEqualTo(Map.of("SEED", 7L));
        scope.output("choose", "auc", Value.of(0.83));
        assertThat(flow.plan().tasks().get(3).when().evaluate(scope)).isEqualTo(Value.of(true));
        scope.output("choose", "auc", Value.of(0L));
        assertThat(flow.plan().tasks().get(3).when().evaluate(scope)).isEqualTo(Value.of(false));
    }

    @Test
    void theThreeKindsOfEdgesAreToldApart() {
        CompiledFlow flow =
                compiled(
                        """
                        id: f
                        inputs: {n: {type: integer, default: 1}}
                        tasks:
                          a: {type: table.read, from: a.csv}
                          p: {type: python, script: x, outputs: {left: table, right: table}}
                          b: {type: sql, query: "SELECT * FROM A JOIN p.left JOIN p.right WHERE ${{ inputs.n }}"}
                          c: {type: sql, query: SELECT * FROM b, needs: b}
                          d: {type: sql, query: SELECT * FROM mine JOIN c, inputs: {mine: "${{ tasks.p.outputs.left }}"}}
                          e: {type: python, script: x, when: "${{ tasks.a.state == 'SUCCEEDED' }}"}
                        """);
        assertThat(edges(flow))
                .containsExactly(
                        "a -> b TABLE",
                        "p.left -> b TABLE",
                        "p.right -> b TABLE",
                        "b -> c NEEDS",
                        "p.left -> d REFERENCE",
                        "c -> d TABLE",
                        "a -> e REFERENCE");
        assertThat(flow.plan().tasks().get(4).needs()).containsExactly(1, 3);
    }

    @Test
    void aGroupAsANeedMeansAllItsTasksAndItsConditionEachOfThem() {
        CompiledFlow flow =
                compiled(
                        """
                        id: f
                        inputs: {go: {type: boolean}}
                        tasks:
                          first: {type: value, value: {x: 1}}
                          g:
                            type: group
                            needs: [first]
                            when: ${{ inputs.go }}
                            tasks:
                              x: {type: value, value: {y: 2}}
                              inner:
                                type: group
                                tasks:
                                  z: {type: value, value: {y: "${{ tasks.x.outputs.y }}"}, when: "${{ tasks.first.outputs.x == 1 }}"}
                          last: {type: value, value: {x: "${{ tasks.g.inner.z.outputs.y }}"}, needs: g}
                        """);
        assertThat(edges(flow))
                .containsExactly(
                        "first -> g/x NEEDS",
                        "first -> g/inner/z NEEDS",
                        "g/x.y -> g/inner/z REFERENCE",
                        "g/x -> last NEEDS",
                        "g/inner/z -> last NEEDS");
        assertThat(flow.tasks().get(3).edges())
                .map(CompiledFlow.Edge::name)
                .containsExactly("g.x", "g.inner.z");
        FakeScope scope = new FakeScope().output("first", "x", Value.of(1));
        Plan.Task z = flow.plan().tasks().get(2);
        assertThat(z.when().evaluate(scope.input("go", Value.of(false))))
                .isEqualTo(Value.of(false));
        assertThat(z.when().evaluate(scope.input("go", Value.of(true)))).isEqualTo(Value.of(true));
        assertThat(
                        flow.tasks()
                                .get(2)
                                .config()
                                .get("value")
                                .resolve(scope.output("g/x", "y", Value.of(2)))
                                .toJava())
                .isEqualTo(Map.of("y", 2L));
    }

    @Test
    void handlersNeedEveryTask() {
        CompiledFlow flow =
                compiled(
                        """
                        id: f
                        tasks:
                          a: {type: value, value: {x: 1}}
                          b: {type: value, value: {x: 1}, continue_on_error: true}
                        on_failure:
                          tell: {type: value, value: {x: "${{ tasks.a.error }}"}}
                          then: {type: value, value: {x: "${{ tasks.tell.outputs.x }}"}}
                        on_success:
                          done: {type: value, value: {x: 1}}
                        """
                                .replace("then", "after"));
        Plan.Task tell = flow.plan().tasks().get(2);
        assertThat(tell.path()).isEqualTo("on_failure/tell");
        assertThat(tell.needs()).containsExactly(0, 1);
        assertThat(tell.runIf()).isEqualTo(RunIf.FAILURE);
        assertThat(flow.plan().tasks().get(3).needs()).containsExactly(0, 1, 2);
        Plan.Task done = flow.plan().tasks().get(4);
        assertThat(done.needs()).containsExactly(0, 1);
        FakeScope scope = new FakeScope().state("b", TaskState.FAILED);
        assertThat(done.when().evaluate(scope)).isEqualTo(Value.of(true));
        scope.state("a", TaskState.FAILED);
        assertThat(done.when().evaluate(scope)).isEqualTo(Value.of(false));
    }

    @Test
    void foreachGathersOutputsAndDecidesPerItemWhereItemIsMentioned() {
        CompiledFlow flow =
                compiled(
                        """
                        id: f
                        inputs: {names: {type: list}}
                        tasks:
                          once: {type: value, foreach: "${{ inputs.names }}", when: "${{ size(inputs.names) > 0 }}", value: {n: 1}}
                          each: {type: value, foreach: [1, "${{ 1 + 1 }}"], concurrency: 3, on_item_failure: continue, when: "${{ item != 'x' }}", value: {n: "${{ item }}"}}
                          sum: {type: value, value: {n: "${{ tasks.once.outputs.n.size() }}"}}
                        """);
        Plan.Task once = flow.plan().tasks().get(0);
        Plan.Task each = flow.plan().tasks().get(1);
        assertThat(once.whenPerItem()).isFalse();
        assertThat(once.foreach().concurrency()).isEqualTo(256);
        assertThat(once.outputNames()).containsExactly("n");
        assertThat(each.whenPerItem()).isTrue();
        assertThat(each.foreach().concurrency()).isEqualTo(3);
        FakeScope scope = new FakeScope().item(Value.of("x"));
        assertThat(each.foreach().items().evaluate(scope).toJava()).isEqualTo(List.of(1L, 2L));
        assertThat(each.when().evaluate(scope)).isEqualTo(Value.of(false));
    }

    @Test
    void aFlowWithoutExpressionsNeverLoadsCel() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(
                                java,
                                "-verbose:class",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WithoutCel.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("dev.sluice.compiler.FlowCompiler ").doesNotContain("dev.cel.");
    }

    /** A process that compiles and resolves lone references. */
    static final class WithoutCel {
        private WithoutCel() {}

        public static void main(String[] args) {
            CompiledFlow flow =
                    FakeTypes.compiler()
                            .compile(
                                    """
                                    id: f
                                    inputs: {n: {type: integer}}
                                    tasks:
                                      a: {type: value, value: {x: "${{ inputs.n }}", y: "n is ${{ inputs.n }}"}}
                                      b: {type: value, foreach: [1], when: true, value: {x: "${{ tasks.a.outputs.x }} ${{ item }}"}}
                                    outputs: {o: "${{ tasks.b.outputs.x }}"}
                                    """)
                            .flow();
            FakeScope scope = new FakeScope().input("n", Value.of(1));
            flow.tasks().getFirst().config().get("value").resolve(scope);
        }
    }
}
