package dev.sluice.compiler;

import static dev.sluice.model.text.Messages.either;
import static dev.sluice.model.text.Messages.instead;
import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.model.Flow;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.model.text.Durations;
import dev.sluice.spi.TaskType;
import dev.sluice.spi.TaskType.Expressions;
import dev.sluice.spi.TaskType.Key;
import dev.sluice.spi.TaskType.KeyType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the keys of one task against those of its type. */
final class KeyChecks {
    private static final List<String> COMMON_KEYS =
            List.of(
                    "type",
                    "title",
                    "description",
                    "needs",
                    "inputs",
                    "when",
                    "run_if",
                    "continue_on_error",
                    "retry",
                    "timeout",
                    "cache",
                    "foreach",
                    "concurrency",
                    "on_item_failure",
                    "at",
                    "resources",
                    "sandbox",
                    "labels");

    private final Flow.Task task;
    private final TaskType type;
    private final Map<String, Key> keys = new HashMap<>();
    private final List<Problem> problems;

    KeyChecks(Flow.Task task, TaskType type, List<Problem> problems) {
        this.task = task;
        this.type = type;
        this.problems = problems;
        type.keys().forEach(k -> keys.put(k.name(), k));
    }

    @Nullable Key find(String name) {
        return keys.get(name);
    }

    /** Whether all keys are known and, as far as can be told from the text, right. */
    boolean check() {
        int before = problems.size();
        for (Node.Entry entry : task.config().entries()) {
            Key key = keys.get(entry.key());
            if (key == null) {
                List<String> known = new ArrayList<>(keys.keySet().stream().sorted().toList());
                known.addAll(COMMON_KEYS);
                String nearest = instead(entry.key(), known);
                String own =
                        nearest.isEmpty() && !keys.isEmpty()
                                ? " (expected: "
                                        + either(keys.keySet().stream().sorted().toList())
                                        + ")"
                                : nearest;
                problem(
                        entry.mark(),
                        "type " + type.name() + " has no key " + quoted(entry.key()) + own);
            } else {
                value(key, entry.value());
            }
        }
        for (Key key : type.keys()) {
            if (key.required() && task.config().find(key.name()) == null) {
                problem(
                        task.mark(),
                        "key "
                                + quoted(key.name())
                                + " is missing; type "
                                + type.name()
                                + " needs it");
            }
        }
        return problems.size() == before;
    }

    private void problem(Mark mark, String message) {
        problems.add(new Problem(mark, "task " + quoted(task.path()) + ": " + message));
    }

    private void mismatch(Key key, Node node, String expected) {
        problem(node.mark(), key.name() + " is " + shown(node) + " (expected: " + expected + ")");
    }

    private void value(Key key, Node node) {
        if (key.expressions() == Expressions.NONE && refusesExpression(key, node)) {
            return;
        }
        if (node instanceof Node.Scalar s
                && key.expressions() != Expressions.NONE
                && ExpressionText.hasExpression(s.text())) {
            return;
        }
        if (!fits(key.type(), node)) {
            mismatch(key, node, expected(key.type()));
        } else if (!key.choices().isEmpty()
                && node instanceof Node.Scalar s
                && !key.choices().contains(s.text())) {
            String text = instead(s.text(), key.choices());
            problem(
                    node.mark(),
                    key.name()
                            + " is "
                            + quoted(s.text())
                            + (text.isEmpty()
                                    ? " (expected: " + either(key.choices()) + ")"
                                    : text));
        }
    }

    private boolean refusesExpression(Key key, Node node) {
        Node.Scalar found = firstExpression(node);
        if (found == null) {
            return false;
        }
        problem(
                found.markAt(Math.max(0, found.text().indexOf("${{"))),
                key.name()
                        + " takes no expressions; hand the value over with inputs: or env: and"
                        + " read it there");
        return true;
    }

    private static Node.@Nullable Scalar firstExpression(Node node) {
        return switch (node) {
            case Node.Scalar s -> ExpressionText.hasExpression(s.text()) ? s : null;
            case Node.Seq s -> {
                for (Node item : s.items()) {
                    Node.Scalar found = firstExpression(item);
                    if (found != null) {
                        yield found;
                    }
                }
                yield null;
            }
            case Node.Map m -> {
                for (Node.Entry entry : m.entries()) {
                    Node.Scalar found = firstExpression(entry.value());
                    if (found != null) {
                        yield found;
                    }
                }
                yield null;
            }
        };
    }

    private static boolean fits(KeyType type, Node node) {
        return switch (type) {
            case ANY -> true;
            case LIST -> node instanceof Node.Seq;
            case MAP -> node instanceof Node.Map;
            case STRING -> node instanceof Node.Scalar s && !(s.value() instanceof Value.Null);
            case INTEGER -> node instanceof Node.Scalar s && s.value() instanceof Value.Int;
            case NUMBER -> node instanceof Node.Scalar s && ValueType.NUMBER.accepts(s.value());
            case BOOLEAN -> node instanceof Node.Scalar s && s.value() instanceof Value.Bool;
            case DURATION -> node instanceof Node.Scalar s && Durations.parse(s.text()) != null;
        };
    }

    /** Whether the result of an expression may stand there. */
    static boolean fits(KeyType key, ValueType type) {
        return type == ValueType.ANY
                || switch (key) {
                    case ANY -> true;
                    case LIST -> type == ValueType.LIST;
                    case MAP -> type == ValueType.MAP;
                    case STRING -> type != ValueType.LIST && type != ValueType.MAP;
                    case INTEGER -> type == ValueType.INTEGER;
                    case NUMBER -> type == ValueType.INTEGER || type == ValueType.NUMBER;
                    case BOOLEAN -> type == ValueType.BOOLEAN;
                    case DURATION -> type == ValueType.STRING;
                };
    }

    static String expected(KeyType type) {
        return switch (type) {
            case STRING -> "a text";
            case INTEGER -> "an integer";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case DURATION -> Durations.FORM;
            case LIST -> "a list";
            case MAP -> "a map";
            case ANY -> "any value";
        };
    }

    static String shown(Node node) {
        return switch (node) {
            case Node.Scalar s when s.value() instanceof Value.Null -> "empty";
            case Node.Scalar s when s.value() instanceof Value.Text t -> quoted(t.value());
            case Node.Scalar s -> s.text();
            case Node.Seq _, Node.Map _ -> node.kind();
        };
    }
}
