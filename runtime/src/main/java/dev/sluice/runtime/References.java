package dev.sluice.runtime;

import dev.sluice.engine.RunEvent;
import dev.sluice.model.Digest;
import dev.sluice.model.Value;
import java.util.List;

/** Which artifacts an event refers to. */
final class References {
    private References() {}

    static void of(RunEvent event, List<Digest> found) {
        switch (event) {
            case RunEvent.Submitted e -> e.inputs().values().forEach(v -> add(v, found));
            case RunEvent.ItemsExpanded e -> e.items().forEach(v -> add(v, found));
            case RunEvent.TaskReused e -> e.outputs().values().forEach(v -> add(v, found));
            case RunEvent.AttemptSucceeded e -> e.outputs().values().forEach(v -> add(v, found));
            case RunEvent.AttemptWaits e -> e.outputs().values().forEach(v -> add(v, found));
            case RunEvent.AttemptDelegates e -> e.inputs().values().forEach(v -> add(v, found));
            case RunEvent.Answered e -> e.outputs().values().forEach(v -> add(v, found));
            case RunEvent.Ended e -> e.outputs().values().forEach(v -> add(v, found));
            case RunEvent.Started _,
                    RunEvent.ConditionDecided _,
                    RunEvent.TaskRejected _,
                    RunEvent.AttemptStarted _,
                    RunEvent.AttemptFailed _,
                    RunEvent.AttemptLost _,
                    RunEvent.AttemptAsks _,
                    RunEvent.AttemptMeasured _,
                    RunEvent.PauseAsked _,
                    RunEvent.ResumeAsked _,
                    RunEvent.CancelAsked _,
                    RunEvent.TimedOut _,
                    RunEvent.Resumed _ -> {}
        }
    }

    private static void add(Value value, List<Digest> found) {
        value.artifacts().forEach(artifact -> found.add(artifact.digest()));
    }
}
