package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.OnItemFailure;
import dev.sluice.model.RetryPolicy;
import dev.sluice.model.RunIf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flow version made ready to run: tasks are numbered, edges are arrays of numbers, groups have
 * vanished. Immutable and shared by all runs of that version.
 *
 * @param tasks task i has index i; needs may stand in any order, but there is no cycle
 * @param outputs the flow's outputs, evaluated when the run succeeds
 * @param timeout of a whole run, or null
 * @param indices index by path
 */
public record Plan(
        FlowId flow,
        List<Task> tasks,
        Map<String, Expression> outputs,
        @Nullable Duration timeout,
        Map<String, Integer> indices) {
    public Plan {
        tasks = List.copyOf(tasks);
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        indices = Map.copyOf(indices);
    }

    /** A plan whose index of paths is made from its tasks. */
    public Plan(
            FlowId flow,
            List<Task> tasks,
            Map<String, Expression> outputs,
            @Nullable Duration timeout) {
        this(flow, tasks, outputs, timeout, indicesOf(tasks));
    }

    private static Map<String, Integer> indicesOf(List<Task> tasks) {
        Map<String, Integer> indices = new HashMap<>();
        tasks.forEach(task -> indices.put(task.path(), task.index()));
        return indices;
    }

    /** The index of the task of this path, or null. */
    public @Nullable Integer indexOf(String path) {
        return indices.get(path);
    }

    /** These tasks and everything that needs them, however far behind. */
    public BitSet behind(BitSet from) {
        BitSet found = (BitSet) from.clone();
        ArrayDeque<Integer> next = new ArrayDeque<>();
        from.stream().forEach(next::add);
        while (!next.isEmpty()) {
            for (int successor : tasks.get(next.poll()).successors()) {
                if (!found.get(successor)) {
                    found.set(successor);
                    next.add(successor);
                }
            }
        }
        return found;
    }

    /**
     * One task.
     *
     * @param needs indices of the tasks that must have ended before
     * @param successors indices of the tasks that need this one
     * @param when a condition, or null; evaluated per item where {@code whenPerItem}
     * @param waitLimit how long it may wait for an answer or a child, or null; the time of a
     *     running attempt is watched by whoever runs it
     * @param foreach how it runs once an item, or null
     * @param outputNames the outputs a {@code foreach} gathers to lists and a skipped task answers
     *     null for; known before it runs
     */
    public record Task(
            int index,
            String path,
            String type,
            int[] needs,
            int[] successors,
            @Nullable Expression when,
            boolean whenPerItem,
            RunIf runIf,
            boolean continueOnError,
            RetryPolicy retry,
            @Nullable Duration waitLimit,
            @Nullable Foreach foreach,
            List<String> outputNames) {}

    /**
     * @param items makes the list
     * @param concurrency items under way at once, 1 or more
     */
    public record Foreach(Expression items, int concurrency, OnItemFailure onItemFailure) {}
}
