package dev.sluice.compiler;

import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.engine.Expression;
import dev.sluice.spi.TaskType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What checking a task made of it, before the plan is.
 *
 * @param type null if there is no such type
 * @param when a condition, those of its groups included, or null
 */
record TaskDraft(
        Leaf leaf,
        @Nullable TaskType type,
        TaskType.Shape shape,
        Map<String, Template> config,
        Map<String, Template> inputs,
        TaskEdges edges,
        @Nullable Expression when,
        boolean whenPerItem,
        @Nullable Expression foreach) {}
