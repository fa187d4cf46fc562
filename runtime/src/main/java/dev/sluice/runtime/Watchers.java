package dev.sluice.runtime;

import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.engine.RunViews;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who watches which run. Thread-safe. */
final class Watchers {
    private final Map<RunId, List<Watcher>> byRun = new ConcurrentHashMap<>();

    boolean isWatched(RunId run) {
        return byRun.containsKey(run);
    }

    void add(RunId run, Watcher watcher) {
        byRun.computeIfAbsent(run, _ -> new CopyOnWriteArrayList<>()).add(watcher);
        if (watcher.isClosed()) { // before it was added
            remove(run, watcher);
        }
    }

    void remove(RunId run, Watcher watcher) {
        byRun.computeIfPresent(
                run,
                (_, list) -> {
                    list.remove(watcher);
                    return list.isEmpty() ? null : list;
                });
    }

    /** Tells a new watcher how things stand. */
    void tellAll(RunFold run, Watcher watcher) {
        for (RunView.TaskView task : RunViews.of(run, run.lastAt()).tasks()) {
            if (task.items() != null) {
                watcher.tell(new RunUpdate.ItemsKnown(task.path(), task.items().total()));
            }
        }
        watcher.tellTasks(run);
        watcher.tellRun(run.state());
    }

    /** Tells what a commit has changed. */
    void tell(RunFold run, List<RunEvent> events) {
        List<Watcher> watchers = byRun.getOrDefault(run.identity().run(), List.of());
        for (Watcher watcher : watchers) {
            events.forEach(event -> tellItem(run, event, watcher));
            watcher.tellTasks(run);
            watcher.tellRun(run.state());
        }
    }

    void tell(RunId run, RunUpdate update) {
        byRun.getOrDefault(run, List.of()).forEach(watcher -> watcher.tell(update));
    }

    private static void tellItem(RunFold run, RunEvent event, Watcher watcher) {
        switch (event) {
            case RunEvent.ItemsExpanded e ->
                    watcher.tell(new RunUpdate.ItemsKnown(run.path(e.task()), e.items().size()));
            case RunEvent.AttemptStarted e ->
                    item(run, e.task(), e.item(), TaskState.RUNNING, e.attempt(), null, watcher);
            case RunEvent.AttemptSucceeded e ->
                    item(
                            run,
                            e.task(),
                            e.item(),
                            e.from() == null ? TaskState.SUCCEEDED : TaskState.CACHED,
                            e.attempt(),
                            null,
                            watcher);
            case RunEvent.AttemptFailed e ->
                    item(
                            run,
                            e.task(),
                            e.item(),
                            e.retryAt() > 0 ? TaskState.RETRYING : TaskState.FAILED,
                            e.attempt(),
                            e.error(),
                            watcher);
            case RunEvent.ConditionDecided e -> {
                if (!e.met()) {
                    item(run, e.task(), e.item(), TaskState.SKIPPED, 0, null, watcher);
                }
            }
            case RunEvent.TaskRejected e ->
                    item(run, e.task(), e.item(), TaskState.FAILED, 0, e.error(), watcher);
            case RunEvent.AttemptAsks e ->
                    item(run, e.task(), e.item(), TaskState.PAUSED, e.attempt(), null, watcher);
            case RunEvent.Answered e ->
                    item(run, e.task(), e.item(), TaskState.SUCCEEDED, e.attempt(), null, watcher);
            case RunEvent.AttemptLost e ->
                    item(
                            run,
                            e.task(),
                            e.item(),
                            TaskState.RETRYING,
                            e.attempt(),
                            "its process vanished",
                            watcher);
            case RunEvent.Submitted _,
                    RunEvent.Started _,
                    RunEvent.TaskReused _,
                    RunEvent.AttemptWaits _,
                    RunEvent.AttemptDelegates _,
                    RunEvent.AttemptMeasured _,
                    RunEvent.PauseAsked _,
                    RunEvent.ResumeAsked _,
                    RunEvent.CancelAsked _,
                    RunEvent.TimedOut _,
                    RunEvent.Ended _,
                    RunEvent.Resumed _ -> {}
        }
    }

    private static void item(
            RunFold run,
            int task,
            int item,
            TaskState state,
            int attempt,
            @Nullable String error,
            Watcher watcher) {
        if (item >= 0) {
            watcher.tell(new RunUpdate.TaskChanged(run.path(task), item, state, attempt, error));
        }
    }
}
