package dev.sluice.compiler;

import dev.sluice.engine.Plan;
import dev.sluice.model.Flow;
import dev.sluice.spi.TaskType;
import java.util.List;
import java.util.Map;

/**
 * A flow without mistakes: its plan, and what running each task takes. Immutable.
 *
 * @param tasks in the plan's order: task i belongs to {@code plan.tasks().get(i)}
 */
public record CompiledFlow(Flow flow, Plan plan, List<CompiledTask> tasks) {
    public CompiledFlow {
        tasks = List.copyOf(tasks);
    }

    /**
     * @param config the type's keys that were written
     * @param inputs the explicit {@code inputs:}
     * @param shape what is known of its outputs
     */
    public record CompiledTask(
            Flow.Task source,
            TaskType type,
            TaskType.Shape shape,
            Map<String, Template> config,
            Map<String, Template> inputs,
            List<Edge> edges) {}

    /**
     * Where an edge comes from.
     *
     * @param from index of the task at its start
     * @param kind which of the three ways made it; the first that applies of NEEDS, TABLE,
     *     REFERENCE
     * @param output the output it names, or "" for the task as a whole
     * @param name what the task at its end calls the task at its start: the id among siblings, else
     *     {@code group.task}
     */
    public record Edge(int from, EdgeKind kind, String output, String name) {}

    public enum EdgeKind {
        NEEDS,
        TABLE,
        REFERENCE
    }
}
