package dev.sluice.engine;

import dev.sluice.model.Outcome;
import dev.sluice.model.RunId;
import dev.sluice.model.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the world asks of a run or tells it. Task and item as in {@link RunEvent}. */
public sealed interface Command {
    /**
     * @param reused outputs of another run that tasks, by index, take over instead of running
     * @param reusedFrom that run, or null if nothing is reused
     */
    record Submit(
            Map<String, Value> inputs,
            Value.MapOf trigger,
            String folder,
            String by,
            long seed,
            RunEvent.@Nullable Parent parent,
            int depth,
            boolean queued,
            Map<Integer, Map<String, Value>> reused,
            @Nullable RunId reusedFrom)
            implements Command {
        /** The same, queued or not. */
        public Submit queued(boolean wait) {
            return new Submit(
                    inputs, trigger, folder, by, seed, parent, depth, wait, reused, reusedFrom);
        }
    }

    /** A queued run's turn has come. */
    record Start() implements Command {}

    /**
     * @param metrics numbers that the attempt has measured, by name
     */
    record AttemptEnded(
            int task, int item, int attempt, Outcome outcome, Map<String, Double> metrics)
            implements Command {
        public AttemptEnded(int task, int item, int attempt, Outcome outcome) {
            this(task, item, attempt, outcome, Map.of());
        }
    }

    /** The process or server of every running attempt is gone. */
    record AttemptsLost(boolean counted) implements Command {}

    /** A retry's delay, a wait or a wait's limit is over. */
    record TimerDue(int task, int item, int attempt) implements Command {}

    record RunTimeDue() implements Command {}

    /**
     * @param error null if the child succeeded
     */
    record ChildEnded(
            int task, int item, int attempt, Map<String, Value> outputs, @Nullable String error)
            implements Command {}

    record Answer(int task, int item, String by, Map<String, Value> outputs) implements Command {}

    record Pause(String by) implements Command {}

    record Resume(String by) implements Command {}

    record Cancel(String by) implements Command {}
}
