package dev.sluice.engine;

import dev.sluice.model.Outcome;
import dev.sluice.model.RetryPolicy;
import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens next: {@code decide(run, command, now)}, a function of its arguments and nothing
 * else.
 *
 * <p>A decision is made of several events, and later ones follow from earlier ones (a completion
 * makes a task ready, whose condition is then decided, which skips it, which ends the run). So each
 * event is applied to the run as it is decided, and on return the run is as if it had been folded
 * from the journal with these events at its end; the simulation checks just that after every
 * command. If the events cannot be committed, throw the run away.
 *
 * <p>Everything a run may do is bounded: a {@code foreach} has at most {@value #ITEMS_MAX} items
 * and starts them as its concurrency allows, retries are counted by the policy, vanished attempts
 * by the crash budget.
 */
public final class Engine {
    /** Items of one {@code foreach}. */
    public static final int ITEMS_MAX = 100_000;

    /** Runs inside runs. */
    public static final int DEPTH_MAX = 10;

    private final RunFold run;
    private final long now;
    private final List<RunEvent> events = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();

    private Engine(RunFold run, long nowMicros) {
        this.run = run;
        this.now = Math.max(nowMicros, run.lastAt());
    }

    /**
     * Decides a command and applies the decision to the run.
     *
     * @param nowMicros microseconds since 1970; a clock that ran backwards is held at the run's
     *     last event
     */
    public static Decision decide(RunFold run, Command command, long nowMicros) {
        return decide(run, command, nowMicros, true);
    }

    /**
     * Decides a command for a run that nobody carries on, as while the shell stops: what the
     * command itself changes, and the end if nothing is left, but nothing new starts. The next
     * {@link #decide} starts what has become due.
     */
    public static Decision decideAtRest(RunFold run, Command command, long nowMicros) {
        return decide(run, command, nowMicros, false);
    }

    private static Decision decide(RunFold run, Command command, long nowMicros, boolean goOn) {
        Engine engine = new Engine(run, nowMicros);
        Decision.Refused refused = engine.take(command);
        if (refused != null) {
            return refused;
        }
        if (goOn) {
            engine.startWhatIsDue();
        }
        engine.endIfNothingIsLeft();
        return new Decision.Accepted(engine.events, engine.effects);
    }

    private Decision.@Nullable Refused take(Command command) {
        return switch (command) {
            case Command.Submit c -> submit(c);
            case Command.Start _ -> {
                if (run.state() == RunState.QUEUED && !run.graph.isCancelling()) {
                    emit(new RunEvent.Started(now));
                    armRunTimer();
                }
                yield null;
            }
            case Command.AttemptEnded c -> attemptEnded(c);
            case Command.AttemptsLost c -> attemptsLost(c);
            case Command.TimerDue c -> timerDue(c);
            case Command.RunTimeDue _ -> runTimeDue();
            case Command.ChildEnded c -> childEnded(c);
            case Command.Answer c -> answer(c);
            case Command.Pause c -> pause(c);
            case Command.Resume c -> resume(c);
            case Command.Cancel c -> cancel(c);
        };
    }

    private void emit(RunEvent event) {
        events.add(event);
        run.apply(event);
    }

    // ---- commands

    private Decision.@Nullable Refused submit(Command.Submit c) {
        emit(
                new RunEvent.Submitted(
                        now,
                        c.inputs(),
                        c.trigger(),
                        c.folder(),
                        c.by(),
                        c.seed(),
                        c.parent(),
                        c.depth(),
                        c.queued()));
        if (c.reusedFrom() != null) {
            for (Map.Entry<Integer, Map<String, Value>> reused : c.reused().entrySet()) {
                if (!run.taskState(reused.getKey()).isEnded()) {
                    emit(
                            new RunEvent.TaskReused(
                                    now, reused.getKey(), reused.getValue(), c.reusedFrom()));
                }
            }
        }
        if (!c.queued()) {
            armRunTimer();
        }
        return null;
    }

    private void armRunTimer() {
        if (run.plan.timeout() != null) {
            effects.add(new Effect.ArmRunTimer(now + run.plan.timeout().toNanos() / 1000));
        }
    }

    private Decision.@Nullable Refused attemptEnded(Command.AttemptEnded c) {
        Slot slot = run.graph.findSlot(c.task(), c.item());
        if (slot == null || slot.attempt != c.attempt() || slot.phase != Slot.Phase.RUNNING) {
            return null;
        }
        if (!c.metrics().isEmpty()) {
            emit(new RunEvent.AttemptMeasured(now, c.task(), c.item(), c.attempt(), c.metrics()));
        }
        switch (c.outcome()) {
            case Outcome.Succeeded o ->
                    emit(
                            new RunEvent.AttemptSucceeded(
                                    now, c.task(), c.item(), c.attempt(), o.outputs(), null));
            case Outcome.Reused o ->
                    emit(
                            new RunEvent.AttemptSucceeded(
                                    now, c.task(), c.item(), c.attempt(), o.outputs(), o.from()));
            case Outcome.Failed o -> failed(slot, c.task(), o.message(), o.retryable());
            case Outcome.WaitUntil o -> {
                if (!stopInstead(slot, c.task())) {
                    emit(
                            new RunEvent.AttemptWaits(
                                    now,
                                    c.task(),
                                    c.item(),
                                    c.attempt(),
                                    o.epochMicros(),
                                    o.outputs()));
                    RunFold.slotEffects(slot, c.task(), effects);
                }
            }
            case Outcome.Ask o -> {
                if (!stopInstead(slot, c.task())) {
                    emit(new RunEvent.AttemptAsks(now, c.task(), c.item(), c.attempt(), o.form()));
                    RunFold.slotEffects(slot, c.task(), effects);
                }
            }
            case Outcome.Delegate o -> {
                if (!stopInstead(slot, c.task())) {
                    delegate(slot, c, o);
                }
            }
        }
        return null;
    }

    /** A cancelled run's attempt does not begin to wait: it has ended. */
    private boolean stopInstead(Slot slot, int task) {
        if (run.graph.isCancelling()) {
            failed(slot, task, "cancelled", false);
            return true;
        }
        return false;
    }

    private void delegate(Slot slot, Command.AttemptEnded c, Outcome.Delegate o) {
        if (run.submitted().depth() >= DEPTH_MAX) {
            failed(
                    slot,
                    c.task(),
                    "flow \""
                            + o.flow()
                            + "\" would be nested deeper than "
                            + DEPTH_MAX
                            + " flows; does it call itself?",
                    false);
            return;
        }
        emit(
                new RunEvent.AttemptDelegates(
                        now, c.task(), c.item(), c.attempt(), o.flow(), o.version(), o.inputs()));
        RunFold.slotEffects(slot, c.task(), effects);
    }

    private void failed(Slot slot, int task, String message, boolean retryable) {
        RetryPolicy policy = run.plan.tasks().get(task).retry();
        boolean again =
                retryable && slot.failures + 1 < policy.attempts() && !run.graph.isCancelling();
        long retryAt =
                again ? now + RetryDelay.micros(policy, run.submitted().seed(), task, slot) : 0;
        emit(new RunEvent.AttemptFailed(now, task, slot.item, slot.attempt, message, retryAt));
        if (again) {
            RunFold.slotEffects(slot, task, effects);
        }
    }

    private Decision.@Nullable Refused attemptsLost(Command.AttemptsLost c) {
        run.graph.forEachSlot((slot, task) -> {
            if (slot.phase == Slot.Phase.RUNNING) {
                emit(new RunEvent.AttemptLost(now, task, slot.item, slot.attempt, c.counted()));
            }
        });
        return null;
    }

    private Decision.@Nullable Refused timerDue(Command.TimerDue c) {
        Slot slot = run.graph.findSlot(c.task(), c.item());
        if (slot == null || slot.attempt != c.attempt() || slot.wakeAt == 0) {
            return null;
        }
        if (slot.wakeAt > now) {
            effects.add(new Effect.ArmTimer(c.task(), c.item(), c.attempt(), slot.wakeAt));
            return null;
        }
        switch (slot.phase) {
            case RETRYING -> run.graph.plan(c.task());
            case WAITING -> {
                if (slot.until > now) {
                    failed(slot, c.task(), "its wait did not end within its timeout", true);
                } else {
                    emit(
                            new RunEvent.AttemptSucceeded(
                                    now, c.task(), c.item(), c.attempt(), slot.outputs, null));
                }
            }
            case ASKING -> failed(slot, c.task(), "nobody answered within its timeout", false);
            case DELEGATED -> {
                effects.add(RunFold.abort(slot, c.task()));
                failed(
                        slot,
                        c.task(),
                        "flow \"" + slot.childFlow + "\" did not end within its timeout",
                        true);
            }
            case RUNNING, DUE -> {}
        }
        return null;
    }

    private Decision.@Nullable Refused runTimeDue() {
        if (!run.state().isEnded() && !run.graph.isCancelling() && run.plan.timeout() != null) {
            long due = run.epochAt() + run.plan.timeout().toNanos() / 1000;
            if (due > now) {
                effects.add(new Effect.ArmRunTimer(due));
            } else {
                emit(new RunEvent.TimedOut(now));
                abortSlots();
            }
        }
        return null;
    }

    private Decision.@Nullable Refused childEnded(Command.ChildEnded c) {
        Slot slot = run.graph.findSlot(c.task(), c.item());
        if (slot == null || slot.attempt != c.attempt() || slot.phase != Slot.Phase.DELEGATED) {
            return null;
        }
        if (c.error() == null) {
            emit(
                    new RunEvent.AttemptSucceeded(
                            now, c.task(), c.item(), c.attempt(), c.outputs(), null));
        } else {
            failed(slot, c.task(), c.error(), true);
        }
        return null;
    }

    private Decision.@Nullable Refused answer(Command.Answer c) {
        Slot slot = run.graph.findSlot(c.task(), c.item());
        if (slot == null || slot.phase != Slot.Phase.ASKING) {
            return new Decision.Refused(
                    Decision.Refusal.NOT_WAITING,
                    "task \""
                            + run.plan.tasks().get(c.task()).path()
                            + "\" is "
                            + run.taskState(c.task())
                            + " and waits for no answer");
        }
        emit(new RunEvent.Answered(now, c.task(), c.item(), slot.attempt, c.by(), c.outputs()));
        return null;
    }

    private Decision.@Nullable Refused pause(Command.Pause c) {
        if (run.state().isEnded()) {
            return hasEnded("pause");
        }
        if (run.state() == RunState.RUNNING && !run.graph.isCancelling()) {
            emit(new RunEvent.PauseAsked(now, c.by()));
        }
        return null;
    }

    private Decision.@Nullable Refused resume(Command.Resume c) {
        switch (run.state()) {
            case PAUSED -> {
                emit(new RunEvent.ResumeAsked(now, c.by()));
                run.graph.forEachSlot(this::reconsider);
            }
            case FAILED, CANCELLED -> {
                emit(new RunEvent.Resumed(now, c.by()));
                armRunTimer();
            }
            case SUCCEEDED -> {
                return new Decision.Refused(
                        Decision.Refusal.RUN_SUCCEEDED,
                        "run "
                                + run.identity().run()
                                + " has succeeded: there is nothing to resume. To run it again: sluice runs replay "
                                + run.identity().run());
            }
            case QUEUED, RUNNING -> {}
        }
        return null;
    }

    /**
     * A retry that fell due during the pause starts; the clock may also have been set back since.
     */
    private void reconsider(Slot slot, int task) {
        run.graph.plan(task);
        if (slot.phase == Slot.Phase.RETRYING && slot.wakeAt > now) {
            RunFold.slotEffects(slot, task, effects);
        }
    }

    private Decision.@Nullable Refused cancel(Command.Cancel c) {
        if (run.state().isEnded()) {
            return hasEnded("cancel");
        }
        if (!run.graph.isCancelling()) {
            emit(new RunEvent.CancelAsked(now, c.by()));
            abortSlots();
        }
        return null;
    }

    private Decision.Refused hasEnded(String verb) {
        return new Decision.Refused(
                Decision.Refusal.RUN_ENDED,
                "cannot "
                        + verb
                        + " run "
                        + run.identity().run()
                        + ": it has ended "
                        + run.state());
    }

    private void abortSlots() {
        run.graph.forEachSlot((slot, task) -> effects.add(RunFold.abort(slot, task)));
    }

    // ---- what follows by itself

    /** Works the agenda off: decides conditions, expands items, starts attempts. */
    private void startWhatIsDue() {
        while (run.mayStart()) {
            int task = run.graph.takeFromAgenda();
            if (task < 0) {
                break;
            }
            advance(task);
        }
    }

    private void endIfNothingIsLeft() {
        if (run.graph.nothingLeft() && !run.state().isEnded()) {
            emit(RunEnding.of(run, now));
            effects.add(new Effect.TellEnded());
        }
    }

    private void advance(int index) {
        Plan.Task task = run.plan.tasks().get(index);
        TaskRun taskRun = run.graph.tasks[index];
        if (taskRun.state.isEnded()) {
            return;
        }
        if (taskRun.items != null) {
            startItems(index, task, taskRun.items);
        } else if (taskRun.slot != null) {
            startIfDue(taskRun.slot, index);
        } else if (taskRun.state == TaskState.READY && conditionHolds(index, task, taskRun)) {
            if (task.foreach() == null) {
                startAttempt(index, RunEvent.WHOLE);
            } else {
                emit(Evaluation.items(run, index, task.foreach(), now));
            }
        }
    }

    private void startIfDue(Slot slot, int task) {
        if (slot.phase == Slot.Phase.DUE
                || (slot.phase == Slot.Phase.RETRYING && slot.wakeAt <= now)) {
            startAttempt(task, slot.item);
        }
    }

    private boolean conditionHolds(int index, Plan.Task task, TaskRun taskRun) {
        if (task.when() == null || task.whenPerItem() || taskRun.conditionMet) {
            return true;
        }
        return decideCondition(index, RunEvent.WHOLE, task.when());
    }

    private boolean decideCondition(int index, int item, Expression when) {
        RunEvent decided = Evaluation.condition(run, index, item, when, now);
        emit(decided);
        return decided instanceof RunEvent.ConditionDecided c && c.met();
    }

    private void startItems(int index, Plan.Task task, Items items) {
        for (Slot slot : List.copyOf(items.active.values())) {
            startIfDue(slot, index);
        }
        if (task.foreach() == null) {
            return;
        }
        while (!run.taskState(index).isEnded()
                && items.active.size() < task.foreach().concurrency()
                && !run.graph.stopped(index)) {
            int item = items.nextPending();
            if (item < 0) {
                break;
            }
            if (task.when() == null
                    || !task.whenPerItem()
                    || decideCondition(index, item, task.when())) {
                startAttempt(index, item);
            }
        }
        gatherIfDone(index, items);
    }

    private void gatherIfDone(int index, Items items) {
        TaskRun taskRun = run.graph.tasks[index];
        if (!taskRun.state.isEnded()
                && items.active.isEmpty()
                && items.count(Items.Phase.PENDING) == 0) {
            if (taskRun.slot == null) {
                startAttempt(index, RunEvent.GATHER);
            } else {
                startIfDue(taskRun.slot, index);
            }
        }
    }

    private void startAttempt(int index, int item) {
        TaskRun task = run.graph.tasks[index];
        int attempt = 1 + (item >= 0 ? run.graph.itemsOf(index).attempt(item) : task.lastAttempt);
        emit(new RunEvent.AttemptStarted(now, index, item, attempt));
        effects.add(new Effect.Dispatch(index, item, attempt));
    }
}
