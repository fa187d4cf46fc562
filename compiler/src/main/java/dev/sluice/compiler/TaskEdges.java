package dev.sluice.compiler;

import dev.sluice.compiler.CompiledFlow.Edge;
import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.model.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The edges that end at one task, as they are found, each with the place that made it. */
final class TaskEdges {
    private final List<Edge> found = new ArrayList<>();
    private final Map<Integer, Mark> marks = new HashMap<>();

    void add(Leaf from, EdgeKind kind, String output, String name, Mark mark) {
        found.add(new Edge(from.index(), kind, output, name));
        marks.merge(from.index(), mark, (a, b) -> a.compareTo(b) <= 0 ? a : b);
    }

    int count() {
        return found.size();
    }

    /** The tasks they come from, ascending. */
    int[] sources() {
        return marks.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** The first place that refers to this task. */
    Mark mark(int from) {
        return marks.getOrDefault(from, Mark.START);
    }

    /** Each edge once, a task that is needed as a whole without its single outputs. */
    List<Edge> edges() {
        List<Edge> edges = new ArrayList<>();
        Set<Integer> whole = new HashSet<>();
        Set<String> outputs = new HashSet<>();
        found.sort(Comparator.comparing(Edge::kind).thenComparing(Edge::from));
        for (Edge edge : found) {
            boolean isWhole = edge.kind() == EdgeKind.NEEDS;
            if (!whole.contains(edge.from()) && outputs.add(edge.from() + "." + edge.output())) {
                edges.add(edge);
                if (isWhole) {
                    whole.add(edge.from());
                }
            }
        }
        edges.sort(Comparator.comparing(Edge::from));
        return List.copyOf(edges);
    }
}
