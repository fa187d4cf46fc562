package dev.sluice.engine;

import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs as people see them. */
public final class RunViews {
    private RunViews() {}

    /**
     * @param nowMicros what a run that has not ended is measured to
     */
    public static RunView of(RunFold run, long nowMicros) {
        RunEvent.Submitted submitted = run.submitted();
        RunIdentity id = run.identity();
        long end = run.endedAt() > 0 ? run.endedAt() : Math.max(nowMicros, run.lastAt());
        List<RunView.TaskView> tasks = new ArrayList<>(run.graph.tasks.length);
        for (Plan.Task task : run.plan.tasks()) {
            tasks.add(task(run.graph.tasks[task.index()], task));
        }
        RunId parent = submitted.parent() == null ? null : submitted.parent().run();
        return new RunView(
                id.tenant(),
                id.run(),
                id.flow(),
                id.version(),
                run.state(),
                submitted.at(),
                run.startedAt(),
                run.endedAt(),
                end - submitted.at(),
                submitted.inputs(),
                run.outputs(),
                run.error(),
                parent,
                tasks);
    }

    private static RunView.TaskView task(TaskRun run, Plan.Task task) {
        TaskState state = run.state;
        Value.MapOf form = run.slot == null ? null : run.slot.form;
        if (run.items != null && !state.isEnded()) {
            Slot asking = firstAsking(run.items);
            if (asking != null) {
                form = asking.form;
                state = TaskState.PAUSED;
            }
        }
        return new RunView.TaskView(
                task.path(),
                task.type(),
                state,
                run.attempts,
                run.startedAt,
                run.endedAt,
                run.outputs,
                run.error,
                run.items == null ? null : items(run.items, state.isEnded()),
                run.reusedFrom,
                form,
                run.metrics);
    }

    private static @Nullable Slot firstAsking(Items items) {
        Slot asking = null;
        for (Slot slot : items.active.values()) {
            if (slot.phase != Slot.Phase.ASKING) {
                return null;
            }
            asking = asking == null ? slot : asking;
        }
        return asking;
    }

    /** What is left over when the task has ended, by a failure or a cancel, was skipped too. */
    private static RunView.Items items(Items items, boolean ended) {
        int left = items.count(Items.Phase.PENDING) + items.count(Items.Phase.CANCELLED);
        return new RunView.Items(
                items.total(),
                items.count(Items.Phase.ACTIVE),
                items.count(Items.Phase.SUCCEEDED),
                items.count(Items.Phase.FAILED),
                items.count(Items.Phase.SKIPPED) + (ended ? left : 0));
    }
}
