package dev.sluice.compiler;

import static dev.sluice.model.text.Messages.instead;
import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.compiler.Reference.Segment;
import dev.sluice.compiler.TaskIndex.Entry;
import dev.sluice.compiler.TaskIndex.Group;
import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.engine.Expression;
import dev.sluice.engine.ExpressionException;
import dev.sluice.engine.Scope;
import dev.sluice.model.Flow;
import dev.sluice.model.Mark;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskType.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what the names in expressions stand for, and of which type it is. */
final class References {
    private static final List<String> ROOTS =
            List.of("inputs", "tasks", "run", "trigger", "item", "index", "secrets");
    private static final Map<String, ValueType> RUN =
            Map.of(
                    "id", ValueType.STRING,
                    "flow", ValueType.STRING,
                    "version", ValueType.INTEGER,
                    "started", ValueType.STRING);
    private static final Map<String, ValueType> ARTIFACT =
            Map.of(
                    "digest", ValueType.STRING,
                    "bytes", ValueType.INTEGER,
                    "mediaType", ValueType.STRING,
                    "name", ValueType.STRING,
                    "rows", ValueType.INTEGER,
                    "columns", ValueType.MAP);
    private static final List<String> TASK_FIELDS = List.of("outputs", "state", "error");

    private final Map<String, ValueType> inputs = new HashMap<>();
    private final List<Shape> shapes;

    /**
     * @param shapes of the tasks by index
     */
    References(Flow flow, List<Shape> shapes) {
        this.shapes = shapes;
        for (Flow.Input input : flow.inputs()) {
            inputs.put(input.name(), input.type());
        }
    }

    /** One place in the text that names something. */
    record Site(Context context, java.util.function.IntFunction<Mark> marks) {
        void problem(int offset, String message) {
            context.problem(marks.apply(offset), message);
        }
    }

    Shape shape(Leaf leaf) {
        return shapes.get(leaf.index());
    }

    /** What the chain stands for, or null if that is a mistake, which is told then. */
    @Nullable Reference resolve(List<Segment> chain, Site site) {
        Segment root = chain.getFirst();
        Context context = site.context();
        return switch (root.name()) {
            case "inputs" -> input(chain, site);
            case "tasks" -> task(chain, site);
            case "run" -> {
                markRun(context);
                yield run(chain, site);
            }
            case "trigger" -> {
                markRun(context);
                yield whole("trigger", ValueType.MAP, Scope::trigger);
            }
            case "item", "index" -> item(chain, site);
            case "secrets" -> secret(chain, site);
            default -> {
                site.problem(
                        root.offset(), "unknown name " + quoted(root.name()) + hint(root, context));
                yield null;
            }
        };
    }

    private String hint(Segment root, Context context) {
        if (TaskIndex.find(context.scope(), root.name()) != null) {
            return " (did you mean \"tasks." + root.name() + ".outputs…\"?)";
        }
        if (inputs.containsKey(root.name())) {
            return " (did you mean \"inputs." + root.name() + "\"?)";
        }
        return instead(root.name(), ROOTS);
    }

    private static void markRun(Context context) {
        if (context.owner() != null) {
            context.owner().uses().markRun();
        }
    }

    private static Reference whole(String name, ValueType type, Expression read) {
        return new Reference(name, 1, type, false, read);
    }

    private @Nullable Reference input(List<Segment> chain, Site site) {
        if (chain.size() == 1) {
            return whole("inputs", ValueType.MAP, scope -> new Value.MapOf(scope.inputs()));
        }
        Segment segment = chain.get(1);
        String name = segment.name();
        ValueType type = inputs.get(name);
        if (type == null) {
            site.problem(
                    segment.offset(),
                    "unknown input "
                            + quoted(name)
                            + instead(name, new TreeSet<>(inputs.keySet())));
            return null;
        }
        Expression read =
                scope -> present(scope.inputs().get(name), "inputs." + name, "it was not given");
        return field(new Reference("inputs." + name, 2, type, false, read), chain, site);
    }

    private @Nullable Reference run(List<Segment> chain, Site site) {
        if (chain.size() == 1) {
            return whole("run", ValueType.MAP, Scope::run);
        }
        Segment segment = chain.get(1);
        String name = segment.name();
        ValueType type = RUN.get(name);
        if (type == null) {
            site.problem(
                    segment.offset(),
                    "unknown field "
                            + quoted("run." + name)
                            + instead(name, new TreeSet<>(RUN.keySet())));
            return null;
        }
        Expression read =
                scope -> present(scope.run().find(name), "run." + name, "it is not known");
        return field(new Reference("run." + name, 2, type, false, read), chain, site);
    }

    private @Nullable Reference item(List<Segment> chain, Site site) {
        Segment root = chain.getFirst();
        if (!site.context().items()) {
            site.problem(
                    root.offset(), "\"" + root.name() + "\" exists only in a task with foreach");
            return null;
        }
        if (root.name().equals("index")) {
            return field(
                    whole("index", ValueType.INTEGER, scope -> Value.of((long) scope.index())),
                    chain,
                    site);
        }
        return whole(
                "item", ValueType.ANY, scope -> present(scope.item(), "item", "there is none"));
    }

    private @Nullable Reference secret(List<Segment> chain, Site site) {
        Segment root = chain.getFirst();
        if (!site.context().secrets()) {
            site.problem(
                    root.offset(),
                    "a secret may not go here (expected: secrets only in env, headers, body and"
                            + " url)");
            return null;
        }
        if (chain.size() != 2) {
            site.problem(root.offset(), "\"secrets\" without a name (expected: secrets.NAME)");
            return null;
        }
        String name = chain.get(1).name();
        return new Reference(
                "secrets." + name,
                2,
                ValueType.STRING,
                false,
                scope -> Value.of(scope.secret(name)));
    }

    private @Nullable Reference task(List<Segment> chain, Site site) {
        Entry entry = site.context().scope();
        int at = 1;
        for (; at < chain.size() && entry instanceof Group group; at++) {
            String name = chain.get(at).name();
            entry = at == 1 ? TaskIndex.find(group, name) : group.entries().get(name);
            if (entry == null) {
                int place = at;
                site.problem(
                        chain.get(at).offset(),
                        "unknown task "
                                + quoted(joined(chain, 1, at + 1))
                                + site.context()
                                        .hint(() ->
                                                instead(
                                                        name,
                                                        place == 1
                                                                ? others(site.context())
                                                                : group.entries().keySet())));
                return null;
            }
        }
        if (!(entry instanceof Leaf leaf)) {
            site.problem(
                    chain.getFirst().offset(),
                    at == 1
                            ? "\"tasks\" without a task (expected: tasks.ID.outputs.NAME)"
                            : "\""
                                    + joined(chain, 0, at)
                                    + "\" is a group (expected: one of its tasks: "
                                    + String.join(", ", ((Group) entry).entries().keySet())
                                    + ")");
            return null;
        }
        return taskField(leaf, chain, at, site);
    }

    private static Set<String> others(Context context) {
        Set<String> names = TaskIndex.names(context.scope());
        if (context.owner() != null) {
            names.remove(context.owner().leaf().task().id());
        }
        return names;
    }

    private @Nullable Reference taskField(Leaf leaf, List<Segment> chain, int at, Site site) {
        String name = joined(chain, 1, at);
        String path = leaf.task().path();
        if (at == chain.size() || !TASK_FIELDS.contains(chain.get(at).name())) {
            Segment wrong = chain.get(Math.min(at, chain.size() - 1));
            site.problem(
                    wrong.offset(),
                    at == chain.size()
                            ? "\"tasks."
                                    + name
                                    + "\" is a task (expected: .outputs.NAME, .state or .error behind it)"
                            : "unknown field "
                                    + quoted(wrong.name())
                                    + " of task "
                                    + quoted(name)
                                    + fieldHint(leaf, wrong.name()));
            return null;
        }
        String full = joined(chain, 0, at + 1);
        String field = chain.get(at).name();
        String output =
                field.equals("outputs") && at + 1 < chain.size() ? chain.get(at + 1).name() : "";
        edge(leaf, output, name, chain.getFirst(), site);
        if (field.equals("state")) {
            Expression read = scope -> Value.of(scope.task(path).state().name());
            return field(new Reference(full, at + 1, ValueType.STRING, false, read), chain, site);
        }
        if (field.equals("error")) {
            Expression read = scope -> error(scope.task(path));
            return field(new Reference(full, at + 1, ValueType.STRING, true, read), chain, site);
        }
        if (output.isEmpty()) {
            Expression read = scope -> new Value.MapOf(scope.task(path).outputs());
            return new Reference(full, at + 1, ValueType.MAP, false, read);
        }
        return output(leaf, name, chain, at + 1, site);
    }

    private String fieldHint(Leaf leaf, String name) {
        return shapes.get(leaf.index()).outputs().containsKey(name)
                ? " (did you mean \"outputs." + name + "\"?)"
                : instead(name, TASK_FIELDS);
    }

    private @Nullable Reference output(
            Leaf leaf, String task, List<Segment> chain, int at, Site site) {
        Shape shape = shapes.get(leaf.index());
        String output = chain.get(at).name();
        ValueType type = outputType(leaf, output);
        if (type == null) {
            site.problem(
                    chain.get(at).offset(),
                    "task "
                            + quoted(task)
                            + " has no output "
                            + quoted(output)
                            + instead(output, new TreeSet<>(shape.outputs().keySet())));
            return null;
        }
        String path = leaf.task().path();
        String full = joined(chain, 0, at + 1);
        Expression read =
                scope -> {
                    Scope.TaskSeen seen = scope.task(path);
                    if (seen.state().isEnded()
                            && !seen.state().isSuccess()
                            && !seen.outputs().containsKey(output)) {
                        return Value.Null.NULL; // as continue_on_error has it, and run_if needs it
                    }
                    return present(
                            seen.outputs().get(output),
                            full,
                            seen.state().isEnded()
                                    ? "the task has no such output; it has "
                                            + listed(seen.outputs().keySet())
                                    : "the task has not ended");
                };
        return field(new Reference(full, at + 1, type, true, read), chain, site);
    }

    /** The type of a task's output, ANY where that is open, or null if it has no such output. */
    @Nullable ValueType outputType(Leaf leaf, String output) {
        Shape shape = shapes.get(leaf.index());
        ValueType type = shape.outputs().get(output);
        if (type == null) {
            return shape.open() ? ValueType.ANY : null;
        }
        boolean gathered = leaf.task().foreach() != null && type != ValueType.TABLE;
        return gathered ? ValueType.LIST : type;
    }

    private static void edge(Leaf leaf, String output, String name, Segment root, Site site) {
        Context.Owner owner = site.context().owner();
        if (owner != null) {
            Mark mark = site.marks().apply(root.offset());
            if (owner.leaf().index() == leaf.index()) {
                site.context().problem(mark, "the task refers to itself");
            } else {
                owner.edges().add(leaf, EdgeKind.REFERENCE, output, name, mark);
            }
        }
    }

    /** Checks what follows a value whose type is known. */
    private static @Nullable Reference field(Reference found, List<Segment> chain, Site site) {
        if (chain.size() == found.length()) {
            return found;
        }
        Segment next = chain.get(found.length());
        return switch (found.type()) {
            case ANY, MAP -> found;
            case FILE, TABLE -> artifactField(found, next, chain, site);
            case STRING, INTEGER, NUMBER, BOOLEAN, LIST -> {
                site.problem(
                        next.offset(),
                        quoted(found.name())
                                + " is "
                                + article(found.type())
                                + " and has no field "
                                + quoted(next.name()));
                yield null;
            }
        };
    }

    private static @Nullable Reference artifactField(
            Reference found, Segment next, List<Segment> chain, Site site) {
        ValueType type = ARTIFACT.get(next.name());
        if (type == null) {
            site.problem(
                    next.offset(),
                    quoted(found.name())
                            + " is "
                            + article(found.type())
                            + " and has no field "
                            + quoted(next.name())
                            + instead(next.name(), new TreeSet<>(ARTIFACT.keySet())));
            return null;
        }
        String full = found.name() + "." + next.name();
        Expression read =
                scope -> ValuePaths.field(found.read().evaluate(scope), next.name(), full);
        return field(new Reference(full, found.length() + 1, type, true, read), chain, site);
    }

    static String article(ValueType type) {
        return switch (type) {
            case INTEGER -> "an integer";
            case ANY -> "any value";
            case STRING, NUMBER, BOOLEAN, LIST, MAP, FILE, TABLE -> "a " + type.word();
        };
    }

    private static Value error(Scope.TaskSeen seen) {
        return seen.error() == null ? Value.Null.NULL : Value.of(seen.error());
    }

    private static Value present(@Nullable Value value, String name, String reason) {
        if (value == null) {
            throw new ExpressionException("${{ " + name + " }} has no value: " + reason);
        }
        return value;
    }

    private static String listed(Set<String> names) {
        return names.isEmpty() ? "none" : names.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String joined(List<Segment> chain, int from, int to) {
        return chain.subList(from, to).stream().map(Segment::name).collect(Collectors.joining("."));
    }
}
