package dev.sluice.compiler;

import static dev.sluice.model.text.Messages.instead;
import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.engine.Expression;
import dev.sluice.model.Flow;
import dev.sluice.model.Problem;
import dev.sluice.spi.TaskType;
import dev.sluice.spi.TaskType.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One flow on its way through the checks. */
final class Compilation {
    /** Groups that need groups, and handlers that need every task, multiply. */
    private static final int MAX_EDGES = 1_000_000;

    /** How many tasks of a cycle are named. */
    private static final int MAX_SHOWN = 20;

    private static final Shape UNKNOWN = new Shape(Map.of(), true, Set.of(), List.of());

    private final Map<String, TaskType> types;
    private final Flow flow;
    private final TaskIndex index;
    private final List<Problem> problems;

    /**
     * @param problems those that are known, to be added to
     */
    Compilation(Map<String, TaskType> types, Flow flow, List<Problem> problems) {
        this.types = types;
        this.flow = flow;
        this.problems = problems;
        index = new TaskIndex(flow);
    }

    /** The compiled flow, or null if there are problems. */
    @Nullable CompiledFlow compile() {
        checkPaths();
        List<@Nullable TaskType> leafTypes = new ArrayList<>();
        List<Shape> shapes = new ArrayList<>();
        for (Leaf leaf : index.leaves()) {
            TaskType type = type(leaf.task());
            leafTypes.add(type);
            shapes.add(shape(leaf.task(), type));
        }
        References references = new References(flow, shapes);
        Templates templates = new Templates(new Expressions(references));
        List<TaskDraft> drafts = new ArrayList<>();
        long edges = (long) index.mainCount() * (index.leaves().size() - index.mainCount());
        for (Leaf leaf : index.leaves()) {
            int i = leaf.index();
            drafts.add(
                    new TaskCompiler(
                                    leaf,
                                    leafTypes.get(i),
                                    shapes.get(i),
                                    references,
                                    templates,
                                    problems)
                            .compile());
            edges += drafts.getLast().edges().count();
            if (edges > MAX_EDGES) {
                problems.add(
                        new Problem(
                                leaf.task().mark(),
                                "task "
                                        + quoted(leaf.task().path())
                                        + ": more than "
                                        + MAX_EDGES
                                        + " edges in one flow (expected: fewer; a task between two"
                                        + " large groups saves most of them)"));
                return null;
            }
        }
        Map<String, Expression> outputs = outputs(templates);
        checkCycles(drafts);
        return problems.isEmpty() ? new PlanBuilder(flow, index, drafts, outputs).build() : null;
    }

    private void checkPaths() {
        Set<String> paths = new HashSet<>();
        for (Leaf leaf : index.leaves()) {
            Flow.Task task = leaf.task();
            if (!paths.add(task.path())) {
                problems.add(
                        new Problem(
                                task.mark(),
                                "task "
                                        + quoted(task.path())
                                        + " is there twice: a group may not be called on_failure"
                                        + " or on_success (expected: another id of the group)"));
            }
        }
    }

    private @Nullable TaskType type(Flow.Task task) {
        TaskType type = types.get(task.type());
        if (type == null && !task.type().isEmpty()) {
            Set<String> known = new TreeSet<>(types.keySet());
            known.add("group");
            problems.add(
                    new Problem(
                            task.typeMark(),
                            "task "
                                    + quoted(task.path())
                                    + ": unknown type "
                                    + quoted(task.type())
                                    + instead(task.type(), known)));
        }
        return type;
    }

    private Shape shape(Flow.Task task, @Nullable TaskType type) {
        if (type == null || !new KeyChecks(task, type, problems).check()) {
            return UNKNOWN;
        }
        Shape shape = type.shape(task.config());
        shape.problems().forEach(p -> problems.add(ofTask(task, p)));
        return shape;
    }

    private static Problem ofTask(Flow.Task task, Problem problem) {
        return new Problem(
                problem.mark(), "task " + quoted(task.path()) + ": " + problem.message());
    }

    private Map<String, Expression> outputs(Templates templates) {
        Map<String, Expression> outputs = new LinkedHashMap<>();
        flow.outputs()
                .forEach((name, node) -> {
                    Context context =
                            new Context(
                                    "output " + quoted(name),
                                    index.root(),
                                    null,
                                    false,
                                    false,
                                    problems);
                    Template template = templates.inline(node, context).template();
                    outputs.put(name, template::resolve);
                });
        return outputs;
    }

    private void checkCycles(List<TaskDraft> drafts) {
        int[][] needs = drafts.stream().map(d -> d.edges().sources()).toArray(int[][]::new);
        for (List<Integer> cycle : Cycles.of(needs)) {
            TaskDraft first = drafts.get(cycle.getFirst());
            String path = path(cycle, drafts);
            String start = first.leaf().task().path();
            problems.add(
                    new Problem(
                            first.edges().mark(cycle.getLast()),
                            "task "
                                    + quoted(start)
                                    + " waits for itself: "
                                    + path
                                    + " -> "
                                    + start
                                    + " (expected: no cycle; remove one of these edges)"));
        }
    }

    private static String path(List<Integer> cycle, List<TaskDraft> drafts) {
        String path =
                cycle.stream()
                        .limit(MAX_SHOWN)
                        .map(i -> drafts.get(i).leaf().task().path())
                        .collect(Collectors.joining(" -> "));
        int more = cycle.size() - MAX_SHOWN;
        return more > 0 ? path + " -> (" + more + " more)" : path;
    }
}
