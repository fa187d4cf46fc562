package dev.sluice.engine;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run: a fold over its events.
 *
 * <p>{@link #apply} is total and deterministic: the same events give the same state in any process,
 * whoever decided them. It changes this object in place, because copying a plan of thousands of
 * tasks for every event would cost more than the event; whoever cannot commit what was decided
 * throws the object away and folds again.
 *
 * <p>What an event implies is derived here and never stored: that successors become ready, are
 * skipped or fail with their needs, and that a {@code foreach} has ended. A completion costs the
 * out-degree of its task. Tasks that may have something to start stand in the agenda; {@link
 * Engine} works it off.
 *
 * <p>Not thread-safe, with one exception that the dispatcher relies on: once a task has ended its
 * outputs do not change within the epoch, so an attempt may read the inputs and the outputs of its
 * needs from another thread after a happens-before.
 */
public final class RunFold {
    final Plan plan;
    final TaskGraph graph;
    private final RunIdentity identity;

    private RunState state = RunState.QUEUED;
    private RunEvent.@Nullable Submitted submitted;
    private boolean paused;
    private boolean timedOut;
    private long lastAt;
    private long startedAt;

    /** When the epoch began: the run's timeout counts from here. */
    private long epochAt;

    private long endedAt;
    private Map<String, Value> outputs = Map.of();
    private @Nullable String error;

    public RunFold(RunIdentity identity, Plan plan) {
        this.identity = identity;
        this.plan = plan;
        this.graph = new TaskGraph(plan);
    }

    /** Takes one event in. */
    public RunFold apply(RunEvent event) {
        lastAt = event.at();
        switch (event) {
            case RunEvent.Submitted e -> submit(e);
            case RunEvent.Started e -> start(e.at());
            case RunEvent.ConditionDecided e -> graph.decideCondition(e);
            case RunEvent.ItemsExpanded e -> graph.expand(e);
            case RunEvent.TaskRejected e -> graph.reject(e);
            case RunEvent.TaskReused e -> graph.reuse(e);
            case RunEvent.AttemptStarted e -> graph.startAttempt(e);
            case RunEvent.AttemptSucceeded e -> graph.succeed(e.task(), e.item(), e.outputs(), e);
            case RunEvent.AttemptFailed e -> graph.fail(e);
            case RunEvent.AttemptLost e -> graph.lose(e);
            case RunEvent.AttemptWaits e -> graph.await(e);
            case RunEvent.AttemptAsks e -> graph.ask(e);
            case RunEvent.AttemptDelegates e -> graph.delegate(e);
            case RunEvent.AttemptMeasured e -> graph.measure(e);
            case RunEvent.Answered e -> graph.succeed(e.task(), e.item(), e.outputs(), e);
            case RunEvent.PauseAsked _ -> {
                paused = true;
                state = RunState.PAUSED;
            }
            case RunEvent.ResumeAsked _ -> {
                paused = false;
                state = RunState.RUNNING;
            }
            case RunEvent.CancelAsked e -> graph.cancelAll(e.at());
            case RunEvent.TimedOut e -> {
                timedOut = true;
                graph.cancelAll(e.at());
            }
            case RunEvent.Ended e -> {
                state = e.state();
                endedAt = e.at();
                outputs = e.outputs();
                error = e.error();
            }
            case RunEvent.Resumed e -> reopen(e.at());
        }
        graph.propagate(event.at());
        return this;
    }

    private void submit(RunEvent.Submitted e) {
        submitted = e;
        if (!e.queued()) {
            start(e.at());
        }
    }

    private void start(long at) {
        state = RunState.RUNNING;
        startedAt = at;
        epochAt = at;
        graph.start(at);
    }

    private void reopen(long at) {
        state = RunState.RUNNING;
        paused = false;
        timedOut = false;
        startedAt = startedAt == 0 ? at : startedAt;
        epochAt = at;
        endedAt = 0;
        error = null;
        outputs = Map.of();
        graph.reopen(at);
    }

    // ---- what the engine asks

    boolean mayStart() {
        return state == RunState.RUNNING && !paused && !graph.isCancelling();
    }

    long epochAt() {
        return epochAt;
    }

    boolean isTimedOut() {
        return timedOut;
    }

    /**
     * Every effect that still matters: what the shell must have under way, now or after a crash.
     */
    public List<Effect> effects() {
        List<Effect> effects = new ArrayList<>();
        if (state.isEnded()) {
            effects.add(new Effect.TellEnded());
            return effects;
        }
        if (plan.timeout() != null && startedAt > 0) {
            effects.add(new Effect.ArmRunTimer(epochAt + plan.timeout().toNanos() / 1000));
        }
        graph.forEachSlot((slot, task) -> {
            slotEffects(slot, task, effects);
            if (graph.isCancelling()) {
                effects.add(abort(slot, task));
            }
        });
        return effects;
    }

    /** What ends an attempt that is under way. */
    static Effect abort(Slot slot, int task) {
        return slot.phase == Slot.Phase.DELEGATED && slot.childFlow != null
                ? new Effect.AbortChild(task, slot.item, slot.attempt, slot.childFlow)
                : new Effect.Abort(task, slot.item, slot.attempt);
    }

    /** What the shell must have under way for one attempt. */
    static void slotEffects(Slot slot, int task, List<Effect> effects) {
        switch (slot.phase) {
            case RUNNING -> effects.add(new Effect.Dispatch(task, slot.item, slot.attempt));
            case DELEGATED -> {
                if (slot.childFlow != null) {
                    effects.add(
                            new Effect.StartChild(
                                    task,
                                    slot.item,
                                    slot.attempt,
                                    slot.childFlow,
                                    slot.childVersion,
                                    slot.outputs));
                }
            }
            case RETRYING, WAITING, ASKING, DUE -> {}
        }
        if (slot.wakeAt > 0) {
            effects.add(new Effect.ArmTimer(task, slot.item, slot.attempt, slot.wakeAt));
        }
    }

    // ---- what others may see

    public RunIdentity identity() {
        return identity;
    }

    public RunState state() {
        return state;
    }

    public long lastAt() {
        return lastAt;
    }

    public long startedAt() {
        return startedAt;
    }

    public long endedAt() {
        return endedAt;
    }

    public Map<String, Value> outputs() {
        return outputs;
    }

    public @Nullable String error() {
        return error;
    }

    /** The run's first event. */
    public RunEvent.Submitted submitted() {
        if (submitted == null) {
            throw new IllegalStateException("run " + identity.run() + " has no events");
        }
        return submitted;
    }

    public TaskState taskState(int task) {
        return graph.tasks[task].state;
    }

    /**
     * The task's outputs as dependants see them: null for each declared one where it was skipped or
     * may fail.
     */
    public Map<String, Value> taskOutputs(int task) {
        TaskRun run = graph.tasks[task];
        if (run.state.isSuccess() || !run.outputs.isEmpty() || !run.state.isEnded()) {
            return run.outputs;
        }
        Map<String, Value> nulls = new LinkedHashMap<>();
        plan.tasks().get(task).outputNames().forEach(name -> nulls.put(name, Value.Null.NULL));
        return nulls;
    }

    public @Nullable String taskError(int task) {
        return graph.tasks[task].error;
    }

    public int taskCount() {
        return graph.tasks.length;
    }

    /** The task's path, {@code group/task}. */
    public String path(int task) {
        return plan.tasks().get(task).path();
    }

    /** Attempts of the task, all items together. */
    public int attempts(int task) {
        return graph.tasks[task].attempts;
    }

    /** Each output of a {@code foreach}'s items as a list in item order. */
    public Map<String, Value> itemOutputs(int task) {
        return graph.itemsOf(task).lists(plan.tasks().get(task).outputNames());
    }

    /** The value of an item of a {@code foreach} that was expanded. */
    public Value item(int task, int item) {
        return graph.itemsOf(task).values.get(item);
    }
}
