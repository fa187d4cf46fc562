package dev.sluice.graph;

import dev.sluice.compiler.CompiledFlow;
import dev.sluice.compiler.CompiledFlow.CompiledTask;
import dev.sluice.compiler.CompiledFlow.Edge;
import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.engine.Plan;
import dev.sluice.model.Flow;
import dev.sluice.model.Node;
import dev.sluice.model.RunIf;
import dev.sluice.model.TaskState;
import dev.sluice.spi.TaskType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads a compiled flow into a {@link Diagram}. */
final class DiagramReader {
    private final CompiledFlow flow;
    private final Map<String, TaskState> states;
    private final List<Diagram.Box> boxes = new ArrayList<>();
    private final Map<String, Integer> boxOfPath = new HashMap<>();

    private DiagramReader(CompiledFlow flow, Map<String, TaskState> states) {
        this.flow = flow;
        this.states = states;
    }

    static Diagram read(CompiledFlow flow, Map<String, TaskState> states) {
        return new DiagramReader(flow, states).diagram();
    }

    private Diagram diagram() {
        Flow text = flow.flow();
        addBoxes(text.tasks(), -1);
        addBoxes(text.onFailure(), -1);
        addBoxes(text.onSuccess(), -1);
        List<Diagram.Card> cards = flow.tasks().stream().map(this::card).toList();
        return new Diagram(
                text.id().value(), text.title(), text.description(), cards, boxes, links());
    }

    private void addBoxes(List<Flow.Task> tasks, int parent) {
        for (Flow.Task task : tasks) {
            if (!task.tasks().isEmpty()) {
                int index = boxes.size();
                boxOfPath.put(task.path(), index);
                boxes.add(new Diagram.Box(task.path(), titleOf(task), parent, badges(task)));
                addBoxes(task.tasks(), index);
            }
        }
    }

    private Diagram.Card card(CompiledTask compiled) {
        Flow.Task task = compiled.source();
        int slash = task.path().lastIndexOf('/');
        int box = slash < 0 ? -1 : boxOfPath.getOrDefault(task.path().substring(0, slash), -1);
        return new Diagram.Card(
                task.path(),
                task.id(),
                box,
                task.type(),
                titleOf(task),
                task.description(),
                Doing.of(task),
                task.foreach() != null,
                badges(task),
                states.get(task.path()));
    }

    private static String titleOf(Flow.Task task) {
        return task.title().isBlank() ? task.id() : task.title();
    }

    private static List<String> badges(Flow.Task task) {
        List<String> badges = new ArrayList<>();
        if (task.foreach() instanceof Node.Seq items) {
            badges.add("foreach × " + items.items().size());
        } else if (task.foreach() != null) {
            badges.add("foreach");
        }
        if (task.when() != null) {
            badges.add("when");
        }
        if (task.runIf() != RunIf.SUCCESS) {
            badges.add(task.runIf() == RunIf.FAILURE ? "if failed" : "always");
        }
        if (task.retry().attempts() > 1) {
            badges.add("retry × " + task.retry().attempts());
        }
        if (task.cache()) {
            badges.add("cache");
        }
        if (task.at() != null) {
            badges.add("at " + task.at());
        }
        return badges;
    }

    /** The edges by pair of tasks, and what the plan needs beside them. */
    private List<Diagram.Link> links() {
        List<Diagram.Link> links = new ArrayList<>();
        for (int to = 0; to < flow.tasks().size(); to++) {
            Map<Integer, List<Edge>> byStart = new TreeMap<>();
            for (Edge edge : flow.tasks().get(to).edges()) {
                byStart.computeIfAbsent(edge.from(), _ -> new ArrayList<>()).add(edge);
            }
            Plan.Task planned = flow.plan().tasks().get(to);
            for (int need : planned.needs()) {
                byStart.computeIfAbsent(need, _ -> new ArrayList<>());
            }
            for (Map.Entry<Integer, List<Edge>> entry : byStart.entrySet()) {
                links.add(link(entry.getKey(), to, entry.getValue()));
            }
        }
        return links;
    }

    private static Diagram.Link link(int from, int to, List<Edge> edges) {
        // Data says more than order: where both lie between two tasks, the data is drawn.
        EdgeKind kind =
                edges.stream()
                        .map(Edge::kind)
                        .min((a, b) -> Integer.compare(weight(a), weight(b)))
                        .orElse(EdgeKind.NEEDS);
        List<String> outputs =
                edges.stream()
                        .map(Edge::output)
                        .filter(o -> !o.isEmpty() && !o.equals(TaskType.Shape.DEFAULT_OUTPUT))
                        .distinct()
                        .toList();
        return new Diagram.Link(from, to, kind, outputs);
    }

    private static int weight(EdgeKind kind) {
        return switch (kind) {
            case TABLE -> 0;
            case NEEDS -> 1;
            case REFERENCE -> 2;
        };
    }
}
