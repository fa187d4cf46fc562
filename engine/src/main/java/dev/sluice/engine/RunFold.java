package dev.sluice.engine;

import dev.sluice.model.OnItemFailure;
import dev.sluice.model.RunIf;
import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
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
    /** How often an attempt may vanish with its process before the task fails, within an epoch. */
    static final int CRASH_BUDGET = 3;

    final Plan plan;
    private final RunIdentity identity;
    final TaskRun[] tasks;
    private final ArrayDeque<Integer> agenda = new ArrayDeque<>();
    private final boolean[] onAgenda;
    private final ArrayDeque<Integer> justEnded = new ArrayDeque<>();

    private RunState state = RunState.QUEUED;
    RunEvent.@Nullable Submitted submitted;
    private boolean paused;
    private boolean cancelling;
    private boolean timedOut;
    private int openTasks;
    private long lastAt;
    private long startedAt;
    private long endedAt;
    private Map<String, Value> outputs = Map.of();
    private @Nullable String error;

    public RunFold(RunIdentity identity, Plan plan) {
        this.identity = identity;
        this.plan = plan;
        this.tasks = new TaskRun[plan.tasks().size()];
        this.onAgenda = new boolean[tasks.length];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = new TaskRun();
            tasks[i].openNeeds = plan.tasks().get(i).needs().length;
        }
        this.openTasks = tasks.length;
    }

    /** Takes one event in. */
    public RunFold apply(RunEvent event) {
        lastAt = event.at();
        switch (event) {
            case RunEvent.Submitted e -> submit(e);
            case RunEvent.Started e -> start(e.at());
            case RunEvent.ConditionDecided e -> decideCondition(e);
            case RunEvent.ItemsExpanded e -> expand(e);
            case RunEvent.TaskRejected e -> reject(e);
            case RunEvent.TaskReused e -> reuse(e);
            case RunEvent.AttemptStarted e -> startAttempt(e);
            case RunEvent.AttemptSucceeded e -> succeed(e.task(), e.item(), e.outputs(), e);
            case RunEvent.AttemptFailed e -> fail(e);
            case RunEvent.AttemptLost e -> lose(e);
            case RunEvent.AttemptWaits e -> {
                Slot slot = slotOf(e.task(), e.item());
                slot.phase = Slot.Phase.WAITING;
                slot.wakeAt = e.until();
                slot.outputs = e.outputs();
            }
            case RunEvent.AttemptAsks e -> {
                Slot slot = slotOf(e.task(), e.item());
                slot.phase = Slot.Phase.ASKING;
                slot.form = e.form();
                slot.wakeAt = limit(e.task(), e.at());
                if (e.item() < 0) {
                    tasks[e.task()].state = TaskState.PAUSED;
                }
            }
            case RunEvent.AttemptDelegates e -> {
                Slot slot = slotOf(e.task(), e.item());
                slot.phase = Slot.Phase.DELEGATED;
                slot.childFlow = e.flow();
                slot.childVersion = e.version();
                slot.outputs = e.inputs();
                slot.wakeAt = limit(e.task(), e.at());
            }
            case RunEvent.AttemptMeasured e -> measure(e);
            case RunEvent.Answered e -> succeed(e.task(), e.item(), e.outputs(), e);
            case RunEvent.PauseAsked _ -> {
                paused = true;
                state = RunState.PAUSED;
            }
            case RunEvent.ResumeAsked _ -> {
                paused = false;
                state = RunState.RUNNING;
            }
            case RunEvent.CancelAsked e -> cancelAll(e.at());
            case RunEvent.TimedOut e -> {
                timedOut = true;
                cancelAll(e.at());
            }
            case RunEvent.Ended e -> {
                state = e.state();
                endedAt = e.at();
                outputs = e.outputs();
                error = e.error();
            }
            case RunEvent.Resumed e -> reopen(e.at());
        }
        propagate();
        return this;
    }

    // ---- what a single event changes

    private void submit(RunEvent.Submitted e) {
        submitted = e;
        if (!e.queued()) {
            start(e.at());
        }
    }

    private void start(long at) {
        state = RunState.RUNNING;
        startedAt = at;
        for (int i = 0; i < tasks.length; i++) {
            if (tasks[i].state == TaskState.PENDING && tasks[i].openNeeds == 0) {
                allNeedsEnded(i, at);
            }
        }
    }

    private void decideCondition(RunEvent.ConditionDecided e) {
        TaskRun task = tasks[e.task()];
        if (e.item() == RunEvent.WHOLE) {
            task.conditionMet = e.met();
            if (!e.met()) {
                end(e.task(), TaskState.SKIPPED, e.at());
            }
        } else if (!e.met()) {
            itemsOf(e.task()).become(e.item(), Items.Phase.SKIPPED);
            settle(e.task(), e.at());
        }
    }

    private void expand(RunEvent.ItemsExpanded e) {
        TaskRun task = tasks[e.task()];
        task.items = new Items(e.items(), task.itemAttempts);
        task.state = TaskState.RUNNING;
        task.startedAt = e.at();
        settle(e.task(), e.at());
    }

    private void reject(RunEvent.TaskRejected e) {
        if (e.item() >= 0) {
            itemsOf(e.task()).fail(e.item(), e.error());
            settle(e.task(), e.at());
        } else {
            tasks[e.task()].error = e.error();
            end(e.task(), TaskState.FAILED, e.at());
        }
    }

    private void reuse(RunEvent.TaskReused e) {
        tasks[e.task()].outputs = e.outputs();
        tasks[e.task()].reusedFrom = e.from();
        tasks[e.task()].startedAt = e.at();
        end(e.task(), TaskState.CACHED, e.at());
    }

    private void startAttempt(RunEvent.AttemptStarted e) {
        TaskRun task = tasks[e.task()];
        Slot slot = findSlot(e.task(), e.item());
        if (slot == null) {
            slot = new Slot(e.item());
            if (e.item() >= 0) {
                Items items = itemsOf(e.task());
                items.become(e.item(), Items.Phase.ACTIVE);
                items.active.put(e.item(), slot);
            } else {
                task.slot = slot;
            }
        }
        slot.phase = Slot.Phase.RUNNING;
        slot.attempt = e.attempt();
        slot.wakeAt = 0;
        task.attempts++;
        if (e.item() >= 0) {
            itemsOf(e.task()).attempt(e.item(), e.attempt());
        } else {
            task.lastAttempt = e.attempt();
        }
        task.state = TaskState.RUNNING;
        if (task.startedAt == 0) {
            task.startedAt = e.at();
        }
    }

    private void succeed(int index, int item, Map<String, Value> result, RunEvent event) {
        TaskRun task = tasks[index];
        if (item >= 0) {
            itemsOf(index).succeed(item, result);
            settle(index, event.at());
            return;
        }
        boolean cached = event instanceof RunEvent.AttemptSucceeded s && s.from() != null;
        if (item == RunEvent.GATHER) {
            Map<String, Value> all =
                    new LinkedHashMap<>(
                            itemsOf(index).lists(plan.tasks().get(index).outputNames()));
            all.putAll(result);
            task.outputs = all;
        } else {
            task.outputs = result;
            task.reusedFrom = event instanceof RunEvent.AttemptSucceeded s ? s.from() : null;
        }
        task.error = null;
        end(index, cached ? TaskState.CACHED : TaskState.SUCCEEDED, event.at());
    }

    private void measure(RunEvent.AttemptMeasured e) {
        Map<String, Double> all = new LinkedHashMap<>(tasks[e.task()].metrics);
        all.putAll(e.metrics());
        tasks[e.task()].metrics = all;
    }

    private void fail(RunEvent.AttemptFailed e) {
        Slot slot = slotOf(e.task(), e.item());
        if (e.retryAt() > 0 && !cancelling) {
            slot.failures++;
            slot.phase = Slot.Phase.RETRYING;
            slot.wakeAt = e.retryAt();
            slot.error = e.error();
            if (e.item() < 0) {
                tasks[e.task()].state = TaskState.RETRYING;
                tasks[e.task()].error = e.error();
            }
        } else {
            giveUp(e.task(), e.item(), e.error(), e.at());
        }
    }

    private void lose(RunEvent.AttemptLost e) {
        Slot slot = slotOf(e.task(), e.item());
        if (e.counted()) {
            slot.lost++;
        }
        if (cancelling || slot.lost >= CRASH_BUDGET) {
            giveUp(
                    e.task(),
                    e.item(),
                    "its process or server vanished "
                            + slot.lost
                            + " times (crash budget: "
                            + CRASH_BUDGET
                            + ")",
                    e.at());
        } else {
            slot.phase = Slot.Phase.DUE;
            if (e.item() < 0) {
                tasks[e.task()].state = TaskState.RETRYING;
            }
            plan(e.task());
        }
    }

    private void giveUp(int index, int item, String why, long at) {
        TaskRun task = tasks[index];
        if (item >= 0) {
            if (cancelling) {
                itemsOf(index).become(item, Items.Phase.CANCELLED);
            } else {
                itemsOf(index).fail(item, why);
            }
            settle(index, at);
        } else {
            task.error = cancelling ? null : why;
            end(index, cancelling ? TaskState.CANCELLED : TaskState.FAILED, at);
        }
    }

    /** Ends a {@code foreach} once nothing of it can run any more, or lets the next items start. */
    private void settle(int index, long at) {
        TaskRun task = tasks[index];
        Items items = itemsOf(index);
        if (!items.active.isEmpty()
                || (!cancelling && !stopped(index) && items.count(Items.Phase.PENDING) > 0)) {
            plan(index);
            return;
        }
        if (cancelling) {
            end(index, TaskState.CANCELLED, at);
        } else if (items.count(Items.Phase.FAILED) > 0) {
            task.error = failureOf(items);
            task.outputs = items.lists(plan.tasks().get(index).outputNames());
            end(index, TaskState.FAILED, at);
        } else if (items.hasTables()) {
            plan(index);
        } else {
            task.error = null;
            task.outputs = items.lists(plan.tasks().get(index).outputNames());
            end(index, TaskState.SUCCEEDED, at);
        }
    }

    private static String failureOf(Items items) {
        int failed = items.count(Items.Phase.FAILED);
        String first = "item " + items.firstErrorItem + ": " + items.firstError;
        return failed == 1
                ? first
                : failed + " of " + items.total() + " items failed; first " + first;
    }

    /** Whether a failed item keeps further ones from starting. */
    boolean stopped(int index) {
        Plan.Foreach foreach = plan.tasks().get(index).foreach();
        return foreach != null
                && foreach.onItemFailure() == OnItemFailure.STOP
                && itemsOf(index).count(Items.Phase.FAILED) > 0;
    }

    private void cancelAll(long at) {
        cancelling = true;
        for (int i = 0; i < tasks.length; i++) {
            TaskRun task = tasks[i];
            if (task.state.isEnded()) {
                continue;
            }
            if (task.items != null) {
                for (Slot slot : List.copyOf(task.items.active.values())) {
                    if (!needsStopping(slot)) {
                        task.items.become(slot.item, Items.Phase.CANCELLED);
                    }
                }
            }
            boolean busy =
                    (task.slot != null && needsStopping(task.slot))
                            || (task.items != null && !task.items.active.isEmpty());
            if (!busy) {
                end(i, TaskState.CANCELLED, at);
            }
        }
    }

    private static boolean needsStopping(Slot slot) {
        return slot.phase == Slot.Phase.RUNNING || slot.phase == Slot.Phase.DELEGATED;
    }

    /**
     * Opens the next epoch: whatever did not succeed, and all behind it, is as if it had never been
     * reached.
     */
    private void reopen(long at) {
        boolean[] again = new boolean[tasks.length];
        ArrayDeque<Integer> next = new ArrayDeque<>();
        for (int i = 0; i < tasks.length; i++) {
            if (countsAsFailure(i) || tasks[i].state == TaskState.CANCELLED) {
                again[i] = true;
                next.add(i);
            }
        }
        while (!next.isEmpty()) {
            for (int successor : plan.tasks().get(next.poll()).successors()) {
                if (!again[successor]) {
                    again[successor] = true;
                    next.add(successor);
                }
            }
        }
        state = RunState.RUNNING;
        paused = false;
        cancelling = false;
        timedOut = false;
        endedAt = 0;
        error = null;
        outputs = Map.of();
        agenda.clear();
        java.util.Arrays.fill(onAgenda, false);
        if (startedAt == 0) {
            startedAt = at;
        }
        for (int i = 0; i < tasks.length; i++) {
            if (again[i]) {
                reset(i, again);
            }
        }
        for (int i = 0; i < tasks.length; i++) {
            if (again[i]) {
                recount(i, again, at);
            }
        }
    }

    private void reset(int index, boolean[] again) {
        TaskRun task = tasks[index];
        boolean keepsItems = task.items != null;
        for (int need : plan.tasks().get(index).needs()) {
            keepsItems &=
                    !again[need]; // what it needs may come out otherwise, its item list with it
        }
        task.state = TaskState.PENDING;
        task.slot = null;
        task.error = null;
        task.outputs = Map.of();
        task.reusedFrom = null;
        task.startedAt = 0;
        task.endedAt = 0;
        if (keepsItems && task.items != null) {
            task.items.reopen();
        } else {
            task.itemAttempts = task.items == null ? task.itemAttempts : task.items.attempts();
            task.items = null;
            task.conditionMet = false;
        }
        openTasks++;
    }

    private void recount(int index, boolean[] again, long at) {
        TaskRun task = tasks[index];
        if (task.state != TaskState.PENDING) {
            return;
        }
        task.openNeeds = plan.tasks().get(index).needs().length;
        task.failedNeeds = 0;
        task.skippedNeeds = 0;
        for (int need : plan.tasks().get(index).needs()) {
            if (!again[need]) { // the others tell when they end
                needEnded(index, need, at);
            }
        }
        if (plan.tasks().get(index).needs().length == 0) {
            allNeedsEnded(index, at);
        }
    }

    // ---- what follows from it

    private void end(int index, TaskState how, long at) {
        TaskRun task = tasks[index];
        task.state = how;
        task.endedAt = at;
        task.slot = null;
        openTasks--;
        justEnded.add(index);
    }

    /**
     * Tells successors, their successors, and so on: with a worklist, as a chain may be thousands
     * long.
     */
    private void propagate() {
        while (!justEnded.isEmpty()) {
            int index = justEnded.poll();
            for (int successor : plan.tasks().get(index).successors()) {
                needEnded(successor, index, lastAt);
            }
        }
    }

    private void needEnded(int index, int need, long at) {
        TaskRun task = tasks[index];
        if (task.state != TaskState.PENDING) {
            return;
        }
        task.openNeeds--;
        RunIf runIf = plan.tasks().get(index).runIf();
        TaskState ended = tasks[need].state;
        boolean allowed = plan.tasks().get(need).continueOnError();
        switch (ended) {
            case FAILED -> task.failedNeeds += allowed ? 0 : 1;
            case UPSTREAM_FAILED, CANCELLED -> {
                if (!allowed && runIf == RunIf.SUCCESS) {
                    task.failedNeeds++;
                }
            }
            case SKIPPED -> task.skippedNeeds++;
            case SUCCEEDED, CACHED, PENDING, READY, RUNNING, RETRYING, PAUSED -> {}
        }
        if (runIf == RunIf.SUCCESS && task.failedNeeds > 0) {
            end(index, TaskState.UPSTREAM_FAILED, at);
        } else if (task.openNeeds == 0) {
            allNeedsEnded(index, at);
        }
    }

    private void allNeedsEnded(int index, long at) {
        TaskRun task = tasks[index];
        switch (plan.tasks().get(index).runIf()) {
            case SUCCESS -> readyUnless(task.skippedNeeds > 0, index, at);
            case FAILURE -> readyUnless(task.failedNeeds == 0, index, at);
            case ALWAYS -> ready(index);
        }
    }

    private void readyUnless(boolean skip, int index, long at) {
        if (skip) {
            end(index, TaskState.SKIPPED, at);
        } else {
            ready(index);
        }
    }

    private void ready(int index) {
        if (tasks[index].items == null) {
            tasks[index].state = TaskState.READY;
        } else {
            tasks[index].state = TaskState.RUNNING;
            tasks[index].startedAt = lastAt;
            settle(index, lastAt);
        }
        plan(index);
    }

    /** Puts a task on the agenda: something of it may be due to start. */
    void plan(int index) {
        if (!onAgenda[index]) {
            onAgenda[index] = true;
            agenda.add(index);
        }
    }

    // ---- what the engine asks

    /** A task that may have something to start, or -1; taken off the agenda. */
    int takeFromAgenda() {
        Integer index = agenda.poll();
        if (index == null) {
            return -1;
        }
        onAgenda[index] = false;
        return index;
    }

    boolean mayStart() {
        return state == RunState.RUNNING && !paused && !cancelling;
    }

    boolean nothingLeft() {
        return openTasks == 0;
    }

    boolean isCancelling() {
        return cancelling;
    }

    boolean isTimedOut() {
        return timedOut;
    }

    /** FAILED or UPSTREAM_FAILED without {@code continue_on_error}. */
    boolean countsAsFailure(int index) {
        TaskState s = tasks[index].state;
        return (s == TaskState.FAILED || s == TaskState.UPSTREAM_FAILED)
                && !plan.tasks().get(index).continueOnError();
    }

    @Nullable Slot findSlot(int index, int item) {
        TaskRun task = tasks[index];
        if (item >= 0) {
            return task.items == null ? null : task.items.active.get(item);
        }
        return task.slot != null && task.slot.item == item ? task.slot : null;
    }

    private Slot slotOf(int index, int item) {
        Slot slot = findSlot(index, item);
        if (slot == null) {
            throw new IllegalStateException(
                    "task "
                            + plan.tasks().get(index).path()
                            + " item "
                            + item
                            + " has no attempt under way");
        }
        return slot;
    }

    Items itemsOf(int index) {
        Items items = tasks[index].items;
        if (items == null) {
            throw new IllegalStateException(
                    "task " + plan.tasks().get(index).path() + " has no items");
        }
        return items;
    }

    void forEachSlot(ObjIntConsumer<Slot> action) {
        for (int i = 0; i < tasks.length; i++) {
            TaskRun task = tasks[i];
            if (task.slot != null) {
                action.accept(task.slot, i);
            }
            if (task.items != null) {
                for (Slot slot : List.copyOf(task.items.active.values())) {
                    action.accept(slot, i);
                }
            }
        }
    }

    private long limit(int index, long at) {
        java.time.Duration limit = plan.tasks().get(index).waitLimit();
        return limit == null ? 0 : at + limit.toNanos() / 1000;
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
            effects.add(new Effect.ArmRunTimer(startedAt + plan.timeout().toNanos() / 1000));
        }
        forEachSlot((slot, task) -> slotEffects(slot, task, effects));
        return effects;
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
        return tasks[task].state;
    }

    /**
     * The task's outputs as dependants see them: null for each declared one where it was skipped or
     * may fail.
     */
    public Map<String, Value> taskOutputs(int task) {
        TaskRun run = tasks[task];
        if (run.state.isSuccess() || !run.outputs.isEmpty() || !run.state.isEnded()) {
            return run.outputs;
        }
        Map<String, Value> nulls = new LinkedHashMap<>();
        plan.tasks().get(task).outputNames().forEach(name -> nulls.put(name, Value.Null.NULL));
        return nulls;
    }

    public @Nullable String taskError(int task) {
        return tasks[task].error;
    }

    public int taskCount() {
        return tasks.length;
    }

    /** The task's path, {@code group/task}. */
    public String path(int task) {
        return plan.tasks().get(task).path();
    }

    /** Attempts of the task, all items together. */
    public int attempts(int task) {
        return tasks[task].attempts;
    }

    /** Each output of a {@code foreach}'s items as a list in item order. */
    public Map<String, Value> itemOutputs(int task) {
        return itemsOf(task).lists(plan.tasks().get(task).outputNames());
    }

    /** The value of an item of a {@code foreach} that was expanded. */
    public Value item(int task, int item) {
        return itemsOf(task).values.get(item);
    }
}
