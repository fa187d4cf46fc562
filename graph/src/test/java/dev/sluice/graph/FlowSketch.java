package dev.sluice.graph;

import dev.sluice.compiler.CompiledFlow;
import dev.sluice.compiler.CompiledFlow.CompiledTask;
import dev.sluice.compiler.CompiledFlow.Edge;
import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.engine.Plan;
import dev.sluice.model.Flow;
import dev.sluice.model.FlowId;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.OnItemFailure;
import dev.sluice.model.Outcome;
import dev.sluice.model.Resources;
import dev.sluice.model.RetryPolicy;
import dev.sluice.model.RunIf;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A compiled flow made by hand, without its text. */
final class FlowSketch {
    private static final Node.Scalar EXPRESSION = scalar("${{ inputs.list }}");

    private final String title;
    private final String description;
    private final Map<String, TaskSketch> tasks = new LinkedHashMap<>();
    private final Map<String, String> groups = new LinkedHashMap<>();

    FlowSketch(String title, String description) {
        this.title = title;
        this.description = description;
    }

    record TaskSketch(
            String path,
            String title,
            String type,
            Map<String, String> config,
            Set<String> marks,
            List<Edge> edges) {}

    FlowSketch group(String path, String title) {
        groups.put(path, title);
        return this;
    }

    /**
     * @param marks of foreach, when, retry, cache
     * @param edges such as {@code table:clean} or {@code reference:choose.auc}
     */
    FlowSketch task(
            String path,
            String title,
            String type,
            Map<String, String> config,
            Set<String> marks,
            String... edges) {
        List<String> paths = new ArrayList<>(tasks.keySet());
        List<Edge> made =
                Arrays.stream(edges)
                        .map(text -> {
                            String[] parts = text.split("[:.]");
                            return new Edge(
                                    paths.indexOf(parts[1]),
                                    EdgeKind.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT)),
                                    parts.length > 2 ? parts[2] : "",
                                    parts[1]);
                        })
                        .toList();
        tasks.put(path, new TaskSketch(path, title, type, config, marks, made));
        return this;
    }

    CompiledFlow compiled() {
        List<CompiledTask> compiled = new ArrayList<>();
        List<Plan.Task> planned = new ArrayList<>();
        for (TaskSketch sketch : tasks.values()) {
            compiled.add(
                    new CompiledTask(
                            task(sketch, List.of()),
                            new Named(sketch.type()),
                            TaskType.Shape.of(Map.of()),
                            Map.of(),
                            Map.of(),
                            sketch.edges()));
            planned.add(
                    new Plan.Task(
                            planned.size(),
                            sketch.path(),
                            sketch.type(),
                            sketch.edges().stream().mapToInt(Edge::from).distinct().toArray(),
                            new int[0],
                            null,
                            false,
                            RunIf.SUCCESS,
                            false,
                            RetryPolicy.NONE,
                            null,
                            null,
                            List.of()));
        }
        FlowId id = new FlowId("sketch");
        Flow flow =
                new Flow(
                        id,
                        title,
                        description,
                        Map.of(),
                        List.of(),
                        topLevel(),
                        Map.of(),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        null,
                        Map.of());
        return new CompiledFlow(flow, new Plan(id, planned, Map.of(), null), compiled);
    }

    private List<Flow.Task> topLevel() {
        return inside("");
    }

    private List<Flow.Task> inside(String prefix) {
        List<Flow.Task> found = new ArrayList<>();
        groups.forEach((path, title) -> {
            if (isDirectly(path, prefix)) {
                TaskSketch sketch =
                        new TaskSketch(path, title, "group", Map.of(), Set.of(), List.of());
                found.add(task(sketch, inside(path + "/")));
            }
        });
        tasks.values().stream()
                .filter(t -> isDirectly(t.path(), prefix))
                .forEach(t -> found.add(task(t, List.of())));
        return found;
    }

    private static boolean isDirectly(String path, String prefix) {
        return path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0;
    }

    private static Flow.Task task(TaskSketch sketch, List<Flow.Task> inner) {
        List<Node.Entry> config = new ArrayList<>();
        sketch.config().forEach((k, v) -> config.add(new Node.Entry(Mark.START, k, scalar(v))));
        String id = sketch.path().substring(sketch.path().lastIndexOf('/') + 1);
        RetryPolicy retry =
                sketch.marks().contains("retry")
                        ? new RetryPolicy(3, Duration.ofSeconds(1), true, Duration.ofMinutes(1))
                        : RetryPolicy.NONE;
        return new Flow.Task(
                Mark.START,
                id,
                sketch.path(),
                sketch.type(),
                Mark.START,
                sketch.title(),
                "",
                List.of(),
                Map.of(),
                sketch.marks().contains("when") ? EXPRESSION : null,
                RunIf.SUCCESS,
                false,
                retry,
                null,
                sketch.marks().contains("cache"),
                sketch.marks().contains("foreach") ? EXPRESSION : null,
                null,
                OnItemFailure.STOP,
                null,
                Resources.DEFAULT,
                null,
                Map.of(),
                new Node.Map(Mark.START, config),
                inner,
                Map.of());
    }

    private static Node.Scalar scalar(String text) {
        return new Node.Scalar(Mark.START, Value.of(text), text, false);
    }

    private record Named(String name) implements TaskType {
        @Override
        public String summary() {
            return "";
        }

        @Override
        public List<Key> keys() {
            return List.of();
        }

        @Override
        public Shape shape(Node.Map config) {
            return Shape.of(Map.of());
        }

        @Override
        public Outcome run(TaskContext context) {
            return new Outcome.Succeeded(Map.of());
        }
    }
}
