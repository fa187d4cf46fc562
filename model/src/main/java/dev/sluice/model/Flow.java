package dev.sluice.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flow as it was written: what its text says, with the place of everything, before it is checked
 * against the task types there are.
 *
 * @param title what people read; the id where none is given
 * @param tasks in the order of the text
 * @param outputs output name to an expression or value
 * @param concurrency how many runs of this flow may be under way at once, or null for no limit
 * @param timeout of a whole run, or null
 * @param onFailure tasks to run when the run has failed
 * @param onSuccess tasks to run when the run has succeeded
 * @param triggers name to settings, checked by whoever starts them
 */
public record Flow(
        FlowId id,
        String title,
        String description,
        Map<String, String> labels,
        List<Input> inputs,
        List<Task> tasks,
        Map<String, Node> outputs,
        @Nullable Integer concurrency,
        @Nullable Duration timeout,
        List<Task> onFailure,
        List<Task> onSuccess,
        @Nullable Duration retention,
        Map<String, Node> triggers) {

    /**
     * An input of the flow.
     *
     * @param defaultValue used where the caller gives none; without one the input is required
     */
    public record Input(
            Mark mark,
            String name,
            ValueType type,
            String description,
            @Nullable Node defaultValue) {}

    /** A name in {@code needs}, and where it stands. */
    public record Need(Mark mark, String name) {}

    /**
     * One task as written.
     *
     * @param mark where its id stands
     * @param id {@code [a-z][a-z0-9_]*}
     * @param path the id after those of its groups, {@code group/task}
     * @param inputs explicit inputs: name to expression or value
     * @param when a condition, or null
     * @param retry NONE where not given
     * @param foreach a list or an expression that makes one, or null
     * @param concurrency items at a time, or null for the default
     * @param at the site it is placed on, or null for here
     * @param sandbox the least rung it accepts, or null
     * @param config the keys that belong to its type, in the order of the text
     * @param tasks the inner tasks of a group
     * @param keyMarks where the keys that were written stand
     */
    public record Task(
            Mark mark,
            String id,
            String path,
            String type,
            Mark typeMark,
            String title,
            String description,
            List<Need> needs,
            Map<String, Node> inputs,
            @Nullable Node when,
            RunIf runIf,
            boolean continueOnError,
            RetryPolicy retry,
            @Nullable Duration timeout,
            boolean cache,
            @Nullable Node foreach,
            @Nullable Integer concurrency,
            OnItemFailure onItemFailure,
            @Nullable String at,
            Resources resources,
            @Nullable String sandbox,
            Map<String, String> labels,
            Node.Map config,
            List<Task> tasks,
            Map<String, Mark> keyMarks) {
        public Task {
            keyMarks = Map.copyOf(keyMarks);
        }

        /** Where this key stands, or else the task's id. */
        public Mark markOf(String key) {
            return keyMarks.getOrDefault(key, mark);
        }
    }
}
