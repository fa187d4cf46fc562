package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a run: facts that came from outside, and decisions that could not be made
 * again the same way. A run's state is a fold over these; everything else is derived, so that it
 * can never disagree.
 *
 * <p>{@code task} is the task's index in the plan. {@code item} is the index of a {@code foreach}'s
 * item, {@link #WHOLE} for a task without one, or {@link #GATHER} for the step that stacks the
 * items' tables. {@code attempt} counts from 1 for each task and item. {@code at} is microseconds
 * since 1970 and never runs backwards inside a run.
 */
public sealed interface RunEvent {
    int WHOLE = -1;
    int GATHER = -2;

    long at();

    /**
     * The run exists.
     *
     * @param inputs resolved: defaults are in, files are artifacts
     * @param folder the flow's own folder
     * @param seed of the jitter of retries
     * @param parent the attempt it is the child of, or null
     * @param depth 0, or one more than the parent's
     * @param queued whether it must wait for other runs of its flow
     */
    record Submitted(
            long at,
            Map<String, Value> inputs,
            Value.MapOf trigger,
            String folder,
            String by,
            long seed,
            @Nullable Parent parent,
            int depth,
            boolean queued)
            implements RunEvent {}

    /** The attempt of another run that a child belongs to. */
    record Parent(RunId run, int task, int item, int attempt) {}

    /** A queued run may start. */
    record Started(long at) implements RunEvent {}

    record ConditionDecided(long at, int task, int item, boolean met) implements RunEvent {}

    record ItemsExpanded(long at, int task, List<Value> items) implements RunEvent {}

    /** The task fails without an attempt: its condition or item list has no result. */
    record TaskRejected(long at, int task, int item, String error) implements RunEvent {}

    /** The task's outputs are another run's. */
    record TaskReused(long at, int task, Map<String, Value> outputs, RunId from)
            implements RunEvent {}

    record AttemptStarted(long at, int task, int item, int attempt) implements RunEvent {}

    /**
     * @param from the run whose cached outputs these are, or null
     */
    record AttemptSucceeded(
            long at,
            int task,
            int item,
            int attempt,
            Map<String, Value> outputs,
            @Nullable RunId from)
            implements RunEvent {}

    /** What an attempt has measured, told when it ends. */
    record AttemptMeasured(long at, int task, int item, int attempt, Map<String, Double> metrics)
            implements RunEvent {}

    /**
     * @param retryAt when it is tried again, or 0 for never
     */
    record AttemptFailed(long at, int task, int item, int attempt, String error, long retryAt)
            implements RunEvent {}

    /**
     * The attempt's process or server is gone.
     *
     * @param counted whether it counts against the crash budget: not if the server was stopped in
     *     an orderly way
     */
    record AttemptLost(long at, int task, int item, int attempt, boolean counted)
            implements RunEvent {}

    /** The attempt succeeds by itself at {@code until}. */
    record AttemptWaits(
            long at, int task, int item, int attempt, long until, Map<String, Value> outputs)
            implements RunEvent {}

    /** The attempt waits for a person. */
    record AttemptAsks(long at, int task, int item, int attempt, Value.MapOf form)
            implements RunEvent {}

    /** The attempt waits for a child run. */
    record AttemptDelegates(
            long at,
            int task,
            int item,
            int attempt,
            FlowId flow,
            @Nullable Integer version,
            Map<String, Value> inputs)
            implements RunEvent {}

    record Answered(long at, int task, int item, int attempt, String by, Map<String, Value> outputs)
            implements RunEvent {}

    record PauseAsked(long at, String by) implements RunEvent {}

    record ResumeAsked(long at, String by) implements RunEvent {}

    record CancelAsked(long at, String by) implements RunEvent {}

    /** The run's own time is over: like a cancel, but the run has failed. */
    record TimedOut(long at) implements RunEvent {}

    /** Nothing can change any more in this epoch. */
    record Ended(long at, RunState state, Map<String, Value> outputs, @Nullable String error)
            implements RunEvent {}

    /** An ended run goes on: what failed is tried again, what succeeded stays. */
    record Resumed(long at, String by) implements RunEvent {}
}
