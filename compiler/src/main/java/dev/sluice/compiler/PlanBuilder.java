package dev.sluice.compiler;

import dev.sluice.compiler.CompiledFlow.CompiledTask;
import dev.sluice.engine.Expression;
import dev.sluice.engine.Plan;
import dev.sluice.engine.Scope;
import dev.sluice.model.Flow;
import dev.sluice.model.RunIf;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes the plan of a flow that has no mistakes. */
final class PlanBuilder {
    private static final int FOREACH_CONCURRENCY = 256;

    private final Flow flow;
    private final TaskIndex index;
    private final List<TaskDraft> drafts;
    private final Map<String, Expression> outputs;

    PlanBuilder(
            Flow flow, TaskIndex index, List<TaskDraft> drafts, Map<String, Expression> outputs) {
        this.flow = flow;
        this.index = index;
        this.drafts = drafts;
        this.outputs = outputs;
    }

    CompiledFlow build() {
        int[][] needs = drafts.stream().map(this::needs).toArray(int[][]::new);
        int[][] successors = successors(needs);
        List<Plan.Task> planned = new ArrayList<>();
        List<CompiledTask> compiled = new ArrayList<>();
        for (TaskDraft draft : drafts) {
            int i = draft.leaf().index();
            planned.add(task(draft, needs[i], successors[i]));
            compiled.add(
                    new CompiledTask(
                            draft.leaf().task(),
                            Objects.requireNonNull(draft.type()),
                            draft.shape(),
                            draft.config(),
                            draft.inputs(),
                            draft.edges().edges()));
        }
        Plan plan = new Plan(flow.id(), planned, outputs, flow.timeout());
        return new CompiledFlow(flow, plan, compiled);
    }

    private boolean isMain(TaskDraft draft) {
        return draft.leaf().index() < index.mainCount();
    }

    /** Tasks of on_failure and on_success need all others, so that they know how the run went. */
    private int[] needs(TaskDraft draft) {
        int[] own = draft.edges().sources();
        return isMain(draft)
                ? own
                : IntStream.concat(IntStream.range(0, index.mainCount()), IntStream.of(own))
                        .distinct()
                        .sorted()
                        .toArray();
    }

    private static int[][] successors(int[][] needs) {
        int[] counts = new int[needs.length];
        for (int[] of : needs) {
            for (int need : of) {
                counts[need]++;
            }
        }
        int[][] successors = new int[needs.length][];
        for (int i = 0; i < needs.length; i++) {
            successors[i] = new int[counts[i]];
        }
        int[] filled = new int[needs.length];
        for (int i = 0; i < needs.length; i++) {
            for (int need : needs[i]) {
                successors[need][filled[need]++] = i;
            }
        }
        return successors;
    }

    private Plan.Task task(TaskDraft draft, int[] needs, int[] successors) {
        Flow.Task task = draft.leaf().task();
        boolean onSuccess = !isMain(draft) && task.path().startsWith("on_success/");
        RunIf runIf = isMain(draft) ? task.runIf() : onSuccess ? RunIf.ALWAYS : RunIf.FAILURE;
        return new Plan.Task(
                draft.leaf().index(),
                task.path(),
                task.type(),
                needs,
                successors,
                onSuccess ? ifNothingFailed(needs, draft.when()) : draft.when(),
                draft.whenPerItem(),
                runIf,
                task.continueOnError(),
                task.retry(),
                task.timeout(),
                foreach(draft),
                draft.shape().outputs().keySet().stream().sorted().toList());
    }

    /**
     * A run that succeeded may have skipped tasks, after which {@code run_if: success} would skip
     * the handler too; so it always runs, if nothing failed.
     */
    private Expression ifNothingFailed(int[] needs, @Nullable Expression when) {
        List<String> paths =
                IntStream.of(needs)
                        .mapToObj(i -> drafts.get(i).leaf().task())
                        .filter(t -> !t.continueOnError())
                        .map(Flow.Task::path)
                        .toList();
        return scope -> {
            for (String path : paths) {
                if (hasFailed(scope, path)) {
                    return Value.of(false);
                }
            }
            return when == null ? Value.of(true) : when.evaluate(scope);
        };
    }

    private static boolean hasFailed(Scope scope, String path) {
        TaskState state = scope.task(path).state();
        return state == TaskState.FAILED
                || state == TaskState.UPSTREAM_FAILED
                || state == TaskState.CANCELLED;
    }

    private static Plan.@Nullable Foreach foreach(TaskDraft draft) {
        Expression items = draft.foreach();
        if (items == null) {
            return null;
        }
        Integer asked = draft.leaf().task().concurrency();
        return new Plan.Foreach(
                items,
                asked == null ? FOREACH_CONCURRENCY : asked,
                draft.leaf().task().onItemFailure());
    }
}
