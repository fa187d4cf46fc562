package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RunIf;
import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What must hold after every event, kept by a second, independent account of what has happened. */
final class Invariants {
    private record Instance(int task, int item) {}

    private final Plan plan;
    private final Map<Instance, Integer> lastAttempt = new HashMap<>();
    private final Set<Instance> running = new HashSet<>();
    private final TaskState[] states;
    private final Set<Integer> reused = new HashSet<>();
    private final Set<Instance> inProcess = new HashSet<>();
    private long lastAt;
    private long epochAt;
    private boolean ended;
    private boolean cancelled;
    private int told;
    private int ends;
    private int events;

    Invariants(Plan plan) {
        this.plan = plan;
        this.states = new TaskState[plan.tasks().size()];
        Arrays.fill(states, TaskState.PENDING);
    }

    int eventsSeen() {
        return events;
    }

    void after(RunEvent event) {
        events++;
        assertThat(event.at()).as("time never runs backwards").isGreaterThanOrEqualTo(lastAt);
        lastAt = event.at();
        assertThat(ended && !(event instanceof RunEvent.Resumed))
                .as("nothing happens after the end: %s", event)
                .isFalse();
        switch (event) {
            case RunEvent.AttemptStarted e -> {
                Instance instance = new Instance(e.task(), e.item());
                assertThat(cancelled).as("nothing starts after cancel").isFalse();
                assertThat(e.attempt())
                        .as("attempts are numbered without gaps")
                        .isEqualTo(lastAttempt.getOrDefault(instance, 0) + 1);
                assertThat(running.add(instance)).as("attempts never overlap: %s", e).isTrue();
                lastAttempt.put(instance, e.attempt());
                inProcess.add(instance);
                withinConcurrency(e);
            }
            case RunEvent.AttemptSucceeded e -> finish(e.task(), e.item());
            case RunEvent.AttemptFailed e -> finish(e.task(), e.item());
            case RunEvent.AttemptLost e -> finish(e.task(), e.item());
            case RunEvent.Answered e -> finish(e.task(), e.item());
            case RunEvent.CancelAsked _ -> cancelled = true;
            case RunEvent.TimedOut e -> {
                cancelled = true;
                assertThat(plan.timeout()).isNotNull();
                assertThat(e.at())
                        .as("each epoch has the whole timeout")
                        .isGreaterThanOrEqualTo(epochAt + plan.timeout().toNanos() / 1000);
            }
            case RunEvent.Ended _ -> {
                assertThat(running)
                        .as("nothing runs at the end")
                        .allSatisfy(i -> assertThat(cancelled).isTrue());
                running.clear();
                inProcess.clear();
                ended = true;
                ends++;
            }
            case RunEvent.Resumed _ -> {
                ended = false;
                cancelled = false;
                epochAt = event.at();
                Arrays.fill(states, TaskState.PENDING);
            }
            case RunEvent.Submitted _, RunEvent.Started _ -> epochAt = event.at();
            case RunEvent.AttemptWaits e -> leftProcess(e.task(), e.item());
            case RunEvent.AttemptAsks e -> leftProcess(e.task(), e.item());
            case RunEvent.AttemptDelegates e -> leftProcess(e.task(), e.item());
            case RunEvent.TaskReused e -> reused.add(e.task());
            case RunEvent.ConditionDecided _,
                    RunEvent.ItemsExpanded _,
                    RunEvent.TaskRejected _,
                    RunEvent.AttemptMeasured _,
                    RunEvent.PauseAsked _,
                    RunEvent.ResumeAsked _ -> {}
        }
    }

    private void leftProcess(int task, int item) {
        inProcess.remove(new Instance(task, item));
    }

    /** No attempt needs the process: it may go without loss. */
    void nothingRuns() {
        assertThat(inProcess).as("attempts under way after a stop in order").isEmpty();
    }

    private void finish(int task, int item) {
        inProcess.remove(new Instance(task, item));
        assertThat(running.remove(new Instance(task, item)))
                .as("only what runs can end: task %d item %d", task, item)
                .isTrue();
    }

    private void withinConcurrency(RunEvent.AttemptStarted e) {
        Plan.Foreach foreach = plan.tasks().get(e.task()).foreach();
        if (foreach != null && e.item() >= 0) {
            long active =
                    running.stream().filter(i -> i.task() == e.task() && i.item() >= 0).count();
            assertThat(active).as("items under way").isLessThanOrEqualTo(foreach.concurrency());
        }
    }

    /** Checks the states of the tasks after a decision. */
    void states(RunFold run) {
        for (Plan.Task task : plan.tasks()) {
            TaskState before = states[task.index()];
            TaskState now = run.taskState(task.index());
            assertThat(before.isEnded() && before != now)
                    .as("task %s ends once: %s, then %s", task.path(), before, now)
                    .isFalse();
            states[task.index()] = now;
            boolean takenOver = now == TaskState.CACHED && reused.contains(task.index());
            if (!takenOver && (now == TaskState.RUNNING || now.isSuccess())) {
                assertThat(mayRun(run, task))
                        .as(
                                "task %s is %s: %s",
                                task,
                                now,
                                RunViews.of(run, 0).tasks().stream()
                                        .map(t -> t.path() + t.state())
                                        .toList())
                        .isTrue();
            }
        }
        if (run.state().isEnded()) {
            assertThat(run.state()).isEqualTo(expected(run));
        }
    }

    private boolean mayRun(RunFold run, Plan.Task task) {
        boolean allEnded = true;
        boolean anyFailed = false;
        boolean allGood = true;
        for (int need : task.needs()) {
            TaskState state = run.taskState(need);
            boolean allowed = plan.tasks().get(need).continueOnError();
            allEnded &= state.isEnded();
            anyFailed |= state == TaskState.FAILED && !allowed;
            allGood &=
                    state.isSuccess()
                            || ((state == TaskState.FAILED
                                            || state == TaskState.UPSTREAM_FAILED
                                            || state == TaskState.CANCELLED)
                                    && allowed);
        }
        return allEnded
                && (task.runIf() == RunIf.ALWAYS
                        || (task.runIf() == RunIf.FAILURE && anyFailed)
                        || (task.runIf() == RunIf.SUCCESS && allGood));
    }

    private RunState expected(RunFold run) {
        if (run.isTimedOut()) {
            return RunState.FAILED;
        }
        if (run.graph.isCancelling()) {
            return RunState.CANCELLED;
        }
        for (Plan.Task task : plan.tasks()) {
            TaskState state = run.taskState(task.index());
            assertThat(state.isEnded()).isTrue();
            if ((state == TaskState.FAILED || state == TaskState.UPSTREAM_FAILED)
                    && !task.continueOnError()) {
                return RunState.FAILED;
            }
        }
        return RunState.SUCCEEDED;
    }

    /** Folding the journal from zero gives the state in memory, down to what is under way. */
    void same(RunFold folded, RunFold memory, long now) {
        assertThat(RunViews.of(folded, now)).isEqualTo(RunViews.of(memory, now));
        assertThat(folded.effects()).isEqualTo(memory.effects());
    }

    void told() {
        told++;
    }

    void atRest(RunFold run) {
        assertThat(run.state().isEnded()).isTrue();
        assertThat(told).as("each end is told").isGreaterThanOrEqualTo(ends);
    }
}
