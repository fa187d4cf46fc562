package dev.sluice.engine;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a run ends once all its tasks have: its state follows from theirs. */
final class RunEnding {
    private RunEnding() {}

    static RunEvent.Ended of(RunFold run, long now) {
        if (run.isTimedOut()) {
            return new RunEvent.Ended(now, RunState.FAILED, Map.of(), "the run's timeout is over");
        }
        if (run.graph.isCancelling()) {
            return new RunEvent.Ended(now, RunState.CANCELLED, Map.of(), null);
        }
        String error = firstFailure(run);
        if (error != null) {
            return new RunEvent.Ended(now, RunState.FAILED, Map.of(), error);
        }
        try {
            return new RunEvent.Ended(now, RunState.SUCCEEDED, outputs(run), null);
        } catch (ExpressionException e) {
            return new RunEvent.Ended(now, RunState.FAILED, Map.of(), e.getMessage());
        }
    }

    private static @Nullable String firstFailure(RunFold run) {
        int upstream = -1;
        for (int i = 0; i < run.taskCount(); i++) {
            if (run.graph.countsAsFailure(i)) {
                if (run.taskState(i) == TaskState.FAILED) {
                    return "task \"" + run.path(i) + "\" failed: " + run.taskError(i);
                }
                upstream = upstream < 0 ? i : upstream;
            }
        }
        return upstream < 0 ? null : "task \"" + run.path(upstream) + "\" could not run";
    }

    private static Map<String, Value> outputs(RunFold run) {
        Map<String, Value> outputs = new LinkedHashMap<>();
        Scope scope = new RunScope(run, -1, RunEvent.WHOLE);
        for (Map.Entry<String, Expression> output : run.plan.outputs().entrySet()) {
            try {
                outputs.put(output.getKey(), output.getValue().evaluate(scope));
            } catch (ExpressionException e) {
                throw new ExpressionException(
                        "output \"" + output.getKey() + "\": " + e.getMessage());
            }
        }
        return outputs;
    }
}
