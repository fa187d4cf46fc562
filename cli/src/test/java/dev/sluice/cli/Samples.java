package dev.sluice.cli;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import java.util.List;
import java.util.Map;

/** Runs and values to test with. */
final class Samples {
    static final RunId RUN = RunId.of(1_700_000_000_000L, 7);
    static final long START = 1_700_000_000_000_000L;

    static final Value.Artifact TABLE =
            new Value.Artifact(
                    Digest.of(new byte[] {1}),
                    1234,
                    Value.Artifact.PARQUET,
                    "table.parquet",
                    new Value.TableInfo(
                            List.of(
                                    new Value.Column("name", "VARCHAR"),
                                    new Value.Column("amount", "BIGINT")),
                            12));

    private Samples() {}

    static RunView.TaskView task(String path, TaskState state) {
        boolean ended = state.isEnded();
        return new RunView.TaskView(
                path,
                "value",
                state,
                1,
                state == TaskState.PENDING ? 0 : START,
                ended ? START + 1_500_000 : 0,
                Map.of(),
                state == TaskState.FAILED ? "it broke" : null,
                null,
                null,
                null,
                Map.of("auc", 0.75));
    }

    static RunView run(RunState state, Map<String, Value> outputs, RunView.TaskView... tasks) {
        return new RunView(
                TenantId.DEFAULT,
                RUN,
                new FlowId("sample"),
                2,
                state,
                START,
                START,
                state.isEnded() ? START + 2_345_600 : 0,
                2_345_600,
                Map.of("n", Value.of(3)),
                outputs,
                state == RunState.FAILED ? "task \"b\" failed: it broke" : null,
                null,
                List.of(tasks));
    }
}
