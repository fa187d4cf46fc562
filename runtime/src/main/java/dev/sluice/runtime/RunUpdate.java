package dev.sluice.runtime;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher of a run is told while it goes on. {@code item} is -1 outside a {@code foreach}.
 */
public sealed interface RunUpdate {
    record RunChanged(RunState state) implements RunUpdate {}

    /**
     * @param error why, where the state is FAILED or RETRYING
     */
    record TaskChanged(String task, int item, TaskState state, int attempt, @Nullable String error)
            implements RunUpdate {}

    /** The items of a {@code foreach} became known. */
    record ItemsKnown(String task, int total) implements RunUpdate {}

    /**
     * @param fraction 0 to 1, or NaN when unknown
     */
    record Progress(String task, int item, double fraction, String message) implements RunUpdate {}

    record Metric(String task, int item, String name, double value) implements RunUpdate {}

    /**
     * @param number of the line in the attempt's log, from 1
     */
    record LogLine(String task, int item, int attempt, long number, String line)
            implements RunUpdate {}
}
