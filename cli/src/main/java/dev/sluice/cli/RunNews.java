package dev.sluice.cli;

import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import org.jspecify.annotations.Nullable;

/** What a follower of a run is told. {@code item} is -1 outside a {@code foreach}. */
public sealed interface RunNews {
    /** How the whole run stands: the first news. */
    record Snapshot(RunView view) implements RunNews {}

    record RunChanged(RunState state) implements RunNews {}

    /**
     * @param error why, where the state is FAILED or RETRYING
     */
    record TaskChanged(String task, int item, TaskState state, int attempt, @Nullable String error)
            implements RunNews {}

    /** The items of a {@code foreach} became known. */
    record ItemsKnown(String task, int total) implements RunNews {}

    /**
     * @param fraction 0 to 1, or NaN when unknown
     */
    record Progress(String task, int item, double fraction, String message) implements RunNews {}

    record Metric(String task, int item, String name, double value) implements RunNews {}

    /**
     * @param number of the line in the attempt's log, from 1
     */
    record LogLine(String task, int item, int attempt, long number, String line)
            implements RunNews {}
}
