package dev.sluice.engine;

import dev.sluice.model.Value;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the expressions of one task, or of one item of it, see of a run. */
public final class RunScope implements Scope {
    private final RunFold run;
    private final int task;
    private final int item;

    /**
     * @param task index of the task whose expressions are evaluated, or -1 for the flow's own
     * @param item as in {@link RunEvent}
     */
    public RunScope(RunFold run, int task, int item) {
        this.run = run;
        this.task = task;
        this.item = item;
    }

    @Override
    public Map<String, Value> inputs() {
        return run.submitted().inputs();
    }

    @Override
    public TaskSeen task(String path) {
        Integer index = run.plan.indexOf(path);
        if (index == null) {
            throw new ExpressionException("there is no task \"" + path + "\"");
        }
        return new TaskSeen(run.taskState(index), run.taskOutputs(index), run.taskError(index));
    }

    @Override
    public Value.MapOf run() {
        RunIdentity identity = run.identity();
        Map<String, Value> seen = new LinkedHashMap<>();
        seen.put("id", Value.of(identity.run().toString()));
        seen.put("flow", Value.of(identity.flow().value()));
        seen.put("version", Value.of(identity.version()));
        seen.put(
                "started",
                Value.of(Instant.EPOCH.plus(run.startedAt(), ChronoUnit.MICROS).toString()));
        return new Value.MapOf(seen);
    }

    @Override
    public Value.MapOf trigger() {
        return run.submitted().trigger();
    }

    @Override
    public @Nullable Value item() {
        return item >= 0 ? run.item(task, item) : null;
    }

    @Override
    public int index() {
        return item >= 0 ? item : -1;
    }
}
