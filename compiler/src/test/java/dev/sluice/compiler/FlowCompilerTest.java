package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Plan;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
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
}
