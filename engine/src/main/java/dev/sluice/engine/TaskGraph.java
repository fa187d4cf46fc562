package dev.sluice.engine;

import dev.sluice.model.OnItemFailure;
import dev.sluice.model.RunIf;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a run: what an event changes in one of them, and what follows for those behind it.
 *
 * <p>A task goes PENDING, READY, RUNNING (or RETRYING, or PAUSED while it asks), and ends once.
 * What ends is put on a worklist and told to its successors by {@link #propagate}, so a chain of
 * thousands needs no deep stack. Whatever may have something to start stands in the agenda, for the
 * engine to work off.
 */
final class TaskGraph {
    /** How often an attempt may vanish with its process before the task fails, within an epoch. */
    static final int CRASH_BUDGET = 3;

    final Plan plan;
    final TaskRun[] tasks;
    private final ArrayDeque<Integer> agenda = new ArrayDeque<>();
    private final boolean[] onAgenda;
    private final ArrayDeque<Integer> justEnded = new ArrayDeque<>();
    private int openTasks;
    private boolean cancelling;

    TaskGraph(Plan plan) {
        this.plan = plan;
        this.tasks = new TaskRun[plan.tasks().size()];
        this.onAgenda = new boolean[tasks.length];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = new TaskRun();
            tasks[i].openNeeds = plan.tasks().get(i).needs().length;
        }
        this.openTasks = tasks.length;
    }

    boolean nothingLeft() {
        return openTasks == 0;
    }

    boolean isCancelling() {
        return cancelling;
    }

    // ---- what a single event changes

    /** Whatever needs nothing may start. */
    void start(long at) {
        for (int i = 0; i < tasks.length; i++) {
            if (tasks[i].state == TaskState.PENDING && tasks[i].openNeeds == 0) {
                allNeedsEnded(i, at);
            }
        }
    }

    void decideCondition(RunEvent.ConditionDecided e) {
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

    void expand(RunEvent.ItemsExpanded e) {
        TaskRun task = tasks[e.task()];
        task.items = new Items(e.items(), task.itemAttempts);
        task.state = TaskState.RUNNING;
        task.startedAt = e.at();
        settle(e.task(), e.at());
    }

    void reject(RunEvent.TaskRejected e) {
        if (e.item() >= 0) {
            itemsOf(e.task()).fail(e.item(), e.error());
            settle(e.task(), e.at());
        } else {
            tasks[e.task()].error = e.error();
            end(e.task(), TaskState.FAILED, e.at());
        }
    }

    void reuse(RunEvent.TaskReused e) {
        tasks[e.task()].outputs = e.outputs();
        tasks[e.task()].reusedFrom = e.from();
        tasks[e.task()].startedAt = e.at();
        end(e.task(), TaskState.CACHED, e.at());
    }

    void startAttempt(RunEvent.AttemptStarted e) {
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

    void succeed(int index, int item, Map<String, Value> result, RunEvent event) {
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

    void measure(RunEvent.AttemptMeasured e) {
        tasks[e.task()].measure(e.metrics());
    }

    void fail(RunEvent.AttemptFailed e) {
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

    void lose(RunEvent.AttemptLost e) {
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
            task.error = items.failure();
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

    /** Whether a failed item keeps further ones from starting. */
    boolean stopped(int index) {
        Plan.Foreach foreach = plan.tasks().get(index).foreach();
        return foreach != null
                && foreach.onItemFailure() == OnItemFailure.STOP
                && itemsOf(index).count(Items.Phase.FAILED) > 0;
    }

    void await(RunEvent.AttemptWaits e) {
        Slot slot = slotOf(e.task(), e.item());
        slot.phase = Slot.Phase.WAITING;
        slot.until = e.until();
        long limit = limit(e.task(), e.at());
        slot.wakeAt = limit == 0 ? e.until() : Math.min(limit, e.until());
        slot.outputs = e.outputs();
    }

    void ask(RunEvent.AttemptAsks e) {
        Slot slot = slotOf(e.task(), e.item());
        slot.phase = Slot.Phase.ASKING;
        slot.form = e.form();
        slot.wakeAt = limit(e.task(), e.at());
        if (e.item() < 0) {
            tasks[e.task()].state = TaskState.PAUSED;
        }
    }

    void delegate(RunEvent.AttemptDelegates e) {
        Slot slot = slotOf(e.task(), e.item());
        slot.phase = Slot.Phase.DELEGATED;
        slot.childFlow = e.flow();
        slot.childVersion = e.version();
        slot.outputs = e.inputs();
        slot.wakeAt = limit(e.task(), e.at());
    }

    void cancelAll(long at) {
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
    void reopen(long at) {
        BitSet failed = new BitSet();
        for (int i = 0; i < tasks.length; i++) {
            failed.set(i, countsAsFailure(i) || tasks[i].state == TaskState.CANCELLED);
        }
        BitSet again = plan.behind(failed);
        cancelling = false;
        agenda.clear();
        Arrays.fill(onAgenda, false);
        again.stream().forEach(index -> reset(index, again));
        again.stream().forEach(index -> recount(index, again, at));
    }

    private void reset(int index, BitSet again) {
        boolean sameItems = true;
        for (int need : plan.tasks().get(index).needs()) {
            sameItems &= !again.get(need); // it may come out otherwise, and the item list with it
        }
        tasks[index].reopen(sameItems);
        openTasks++;
    }

    private void recount(int index, BitSet again, long at) {
        TaskRun task = tasks[index];
        if (task.state != TaskState.PENDING) {
            return;
        }
        task.openNeeds = plan.tasks().get(index).needs().length;
        task.failedNeeds = 0;
        task.skippedNeeds = 0;
        for (int need : plan.tasks().get(index).needs()) {
            if (!again.get(need)) { // the others tell when they end
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
    void propagate(long at) {
        while (!justEnded.isEmpty()) {
            int index = justEnded.poll();
            for (int successor : plan.tasks().get(index).successors()) {
                needEnded(successor, index, at);
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
            case ALWAYS -> ready(index, at);
        }
    }

    private void readyUnless(boolean skip, int index, long at) {
        if (skip) {
            end(index, TaskState.SKIPPED, at);
        } else {
            ready(index, at);
        }
    }

    private void ready(int index, long at) {
        if (tasks[index].items == null) {
            tasks[index].state = TaskState.READY;
        } else {
            tasks[index].state = TaskState.RUNNING;
            tasks[index].startedAt = at;
            settle(index, at);
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

    Slot slotOf(int index, int item) {
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
}
