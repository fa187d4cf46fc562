package dev.sluice.compiler;

import static dev.sluice.model.text.Messages.either;
import static dev.sluice.model.text.Messages.instead;
import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.compiler.TaskIndex.Group;
import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.engine.Expression;
import dev.sluice.engine.ExpressionException;
import dev.sluice.model.Flow;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.model.text.Names;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.TaskType;
import dev.sluice.spi.TaskType.Key;
import dev.sluice.spi.TaskType.KeyType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks one task, finds its edges and makes its templates. */
final class TaskCompiler {
    private static final Set<String> SECRET_KEYS = Set.of("env", "headers", "body", "url");

    private final Leaf leaf;
    private final Flow.Task task;
    private final @Nullable TaskType type;
    private final TaskType.Shape shape;
    private final Templates templates;
    private final TaskLinks links;
    private final TaskEdges edges = new TaskEdges();
    private final Context.Uses uses = new Context.Uses();
    private final Context context;

    TaskCompiler(
            Leaf leaf,
            @Nullable TaskType type,
            TaskType.Shape shape,
            References references,
            Templates templates,
            List<Problem> problems) {
        this.leaf = leaf;
        this.type = type;
        this.shape = shape;
        this.templates = templates;
        task = leaf.task();
        context =
                new Context(
                        "task " + quoted(task.path()),
                        leaf.group(),
                        new Context.Owner(leaf, edges, uses),
                        task.foreach() != null,
                        false,
                        problems);
        links = new TaskLinks(leaf, shape, references, edges, context);
    }

    TaskDraft compile() {
        Map<String, Template> config = config();
        Map<String, Template> inputs = inputs();
        links.find();
        List<Templates.Typed> conditions = conditions();
        Expression foreach = foreach();
        settings();
        return new TaskDraft(
                leaf,
                type,
                shape,
                config,
                inputs,
                edges,
                conditions.isEmpty() ? null : all(conditions),
                conditions.stream().anyMatch(Templates.Typed::perItem),
                foreach);
    }

    private Map<String, Template> config() {
        Map<String, Template> config = new LinkedHashMap<>();
        if (type == null) {
            return config;
        }
        KeyChecks keys = new KeyChecks(task, type, context.problems());
        for (Node.Entry entry : task.config().entries()) {
            Key key = keys.find(entry.key());
            if (key != null) {
                config.put(entry.key(), value(key, entry.value()));
            }
        }
        return config;
    }

    private Template value(Key key, Node node) {
        Context place = context.at(context.subject() + ": " + key.name());
        place = SECRET_KEYS.contains(key.name()) ? place.withSecrets() : place;
        return switch (key.expressions()) {
            case NONE -> plain(key, node);
            case PARTS ->
                    node instanceof Node.Scalar s
                            ? templates.parts(s, place).template()
                            : plain(key, node);
            case INLINE -> inline(key, node, place);
        };
    }

    private Template inline(Key key, Node node, Context place) {
        if (node instanceof Node.Scalar s && !ExpressionText.hasExpression(s.text())) {
            return plain(key, node);
        }
        Templates.Typed made = templates.inline(node, place);
        if (node instanceof Node.Scalar && !KeyChecks.fits(key.type(), made.type())) {
            place.problem(
                    node.mark(),
                    "the expression makes "
                            + References.article(made.type())
                            + " (expected: "
                            + KeyChecks.expected(key.type())
                            + ")");
        }
        Template template = made.template();
        return key.type() == KeyType.STRING ? scope -> asText(template.resolve(scope)) : template;
    }

    private static Template plain(Key key, Node node) {
        boolean text = key.type() == KeyType.STRING || key.type() == KeyType.DURATION;
        return new Template.Constant(
                text && node instanceof Node.Scalar s ? Value.of(s.text()) : node.toValue());
    }

    /** Where a text is expected a number or truth value becomes one; files stay what they are. */
    private static Value asText(Value value) {
        return switch (value) {
            case Value.Bool _, Value.Int _, Value.Dec _ -> Value.of(JsonText.inText(value));
            case Value.Null _, Value.Text _, Value.ListOf _, Value.MapOf _, Value.Artifact _ ->
                    value;
        };
    }

    private Map<String, Template> inputs() {
        Map<String, Template> inputs = new LinkedHashMap<>();
        task.inputs()
                .forEach((name, node) -> {
                    String fault = Names.fieldFault(name);
                    if (fault != null) {
                        context.problem(node.mark(), "input " + quoted(name) + fault);
                    }
                    Context place = context.at(context.subject() + ": inputs." + name);
                    inputs.put(name, templates.inline(node, place).template());
                });
        return inputs;
    }

    /** The conditions of the groups around it, outermost first, then its own. */
    private List<Templates.Typed> conditions() {
        List<Templates.Typed> conditions = new ArrayList<>();
        for (Group group = leaf.group(); group != null; group = group.parent()) {
            Flow.Task written = group.task();
            if (written != null && written.when() != null && group.parent() != null) {
                Context place =
                        new Context(
                                "task " + quoted(written.path()),
                                group.parent(),
                                context.owner(),
                                false,
                                false,
                                context.problems());
                conditions.addFirst(condition(written.when(), place));
            }
        }
        if (task.when() != null) {
            conditions.add(condition(task.when(), context));
        }
        return conditions;
    }

    private Templates.Typed condition(Node node, Context place) {
        Templates.Typed made = templates.inline(node, place.at(place.subject() + ": when"));
        boolean isEmpty = node.toValue() instanceof Value.Null;
        boolean fits = made.type() == ValueType.BOOLEAN || made.type() == ValueType.ANY;
        if (!fits || isEmpty) {
            place.problem(
                    node.mark(),
                    "when is "
                            + (made.template() instanceof Template.Constant
                                    ? KeyChecks.shown(node)
                                    : References.article(made.type()))
                            + " (expected: a condition, such as ${{ inputs.count > 0 }})");
        }
        return made;
    }

    private static Expression all(List<Templates.Typed> conditions) {
        List<Template> all = conditions.stream().map(Templates.Typed::template).toList();
        return scope -> {
            for (Template condition : all) {
                Value value = condition.resolve(scope);
                if (!(value instanceof Value.Bool(boolean holds))) {
                    throw new ExpressionException(
                            "when: the condition gave a "
                                    + value.kind()
                                    + " (expected: true or false)");
                }
                if (!holds) {
                    return value;
                }
            }
            return Value.of(true);
        };
    }

    private @Nullable Expression foreach() {
        Node node = task.foreach();
        if (node == null) {
            if (task.concurrency() != null) {
                context.problem(
                        task.markOf("concurrency"),
                        "concurrency without foreach (expected: foreach beside it)");
            }
            return null;
        }
        Context place = context.withoutItems().at(context.subject() + ": foreach");
        Templates.Typed made = templates.inline(node, place);
        boolean isEmpty = node.toValue() instanceof Value.Null;
        if (isEmpty || (made.type() != ValueType.LIST && made.type() != ValueType.ANY)) {
            context.problem(
                    node.mark(),
                    "foreach is "
                            + (isEmpty ? "empty" : References.article(made.type()))
                            + " (expected: a list)");
        }
        Template template = made.template();
        return scope -> {
            Value value = template.resolve(scope);
            if (!(value instanceof Value.ListOf)) {
                throw new ExpressionException(
                        "foreach: the expression gave a " + value.kind() + " (expected: a list)");
            }
            return value;
        };
    }

    private void settings() {
        if (task.at() != null) {
            context.problem(
                    task.markOf("at"),
                    "at: "
                            + quoted(task.at())
                            + ": placement on a site is not available yet (expected: no \"at\")");
        }
        List<String> rungs =
                Arrays.stream(Sandbox.Rung.values())
                        .map(r -> r.name().toLowerCase(Locale.ROOT))
                        .toList();
        if (task.sandbox() != null && !rungs.contains(task.sandbox())) {
            String nearest = instead(task.sandbox(), rungs);
            context.problem(
                    task.markOf("sandbox"),
                    "sandbox is "
                            + quoted(task.sandbox())
                            + (nearest.isEmpty() ? " (expected: " + either(rungs) + ")" : nearest));
        }
        if (task.cache() && type != null) {
            cache(task.markOf("cache"), type);
        }
    }

    private void cache(Mark mark, TaskType known) {
        if (!known.repeatable()) {
            context.problem(
                    mark,
                    "cache: true, but type "
                            + known.name()
                            + " is not repeatable: equal inputs may give other outputs (expected:"
                            + " no cache)");
        } else if (uses.run()) {
            context.problem(
                    mark,
                    "cache: true, but an expression uses run or trigger, which differ from run to"
                            + " run (expected: no cache, or an input instead)");
        }
    }
}
