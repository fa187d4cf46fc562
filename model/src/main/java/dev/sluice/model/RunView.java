package dev.sluice.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is shown: what {@code --json} prints and the API answers. Times are microseconds
 * since 1970, 0 where there is none yet.
 *
 * @param version the flow's version
 * @param durationMicros from the submission's acceptance to the durable end, or to now
 * @param outputs the flow's outputs, once it has ended
 * @param error why the run failed, in one line, or null
 * @param tasks one a task, in the order of the text; a {@code foreach} is one
 */
public record RunView(
        TenantId tenant,
        RunId run,
        FlowId flow,
        int version,
        RunState state,
        long createdMicros,
        long startedMicros,
        long endedMicros,
        long durationMicros,
        Map<String, Value> inputs,
        Map<String, Value> outputs,
        @Nullable String error,
        @Nullable RunId parent,
        List<TaskView> tasks) {

    /**
     * @param path {@code group/task}
     * @param attempts how many were started
     * @param items counts of a {@code foreach}, or null
     * @param reusedFrom the run its outputs came from, or null
     * @param form what a waiting approval asks, or null
     * @param metrics what user code measured, by name; the last of a name
     */
    public record TaskView(
            String path,
            String type,
            TaskState state,
            int attempts,
            long startedMicros,
            long endedMicros,
            Map<String, Value> outputs,
            @Nullable String error,
            @Nullable Items items,
            @Nullable RunId reusedFrom,
            Value.@Nullable MapOf form,
            Map<String, Double> metrics) {}

    public record Items(int total, int running, int succeeded, int failed, int skipped) {}
}
