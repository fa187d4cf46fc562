package dev.sluice.tasks.control;

import dev.sluice.model.FlowId;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs another flow as a child and takes its outputs. */
final class FlowTask implements TaskType {
    private static final List<Key> KEYS =
            List.of(
                    Key.required("flow", KeyType.STRING, Expressions.INLINE, "The id of the flow."),
                    Key.optional(
                            "version",
                            KeyType.INTEGER,
                            Expressions.INLINE,
                            "The flow's version; the newest if left out."),
                    Key.optional(
                            "with", KeyType.MAP, Expressions.INLINE, "The inputs of the flow."));

    @Override
    public String name() {
        return "flow";
    }

    @Override
    public String summary() {
        return "Runs another flow and takes its outputs.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public Shape shape(Node.Map config) {
        List<Problem> problems = new ArrayList<>();
        if (config.find("flow") instanceof Node.Scalar flow
                && !Literals.hasExpression(flow)
                && !FlowId.isValid(flow.text())) {
            problems.add(new Problem(flow.mark(), malformed(flow.text())));
        }
        if (config.find("version") instanceof Node.Scalar version
                && version.value() instanceof Value.Int(long number)
                && !isVersion(number)) {
            problems.add(new Problem(version.mark(), noVersion(number)));
        }
        return new Shape(Map.of(), true, Set.of(), problems);
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException {
        Value flow = context.config().get("flow");
        if (!(flow instanceof Value.Text(String id)) || !FlowId.isValid(id)) {
            throw TaskException.terminal(malformed(flow == null ? "" : flow.toJava()));
        }
        Map<String, Value> inputs =
                switch (context.config().get("with")) {
                    case null -> Map.of();
                    case Value.Null _ -> Map.of();
                    case Value.MapOf map -> map.entries();
                    case Value other ->
                            throw TaskException.terminal(
                                    "with: a "
                                            + other.kind()
                                            + " (expected: a map of input names and values)");
                };
        return new Outcome.Delegate(
                new FlowId(id), version(context.config().get("version")), inputs);
    }

    private static @Nullable Integer version(@Nullable Value given) throws TaskException {
        if (given == null || given instanceof Value.Null) {
            return null;
        }
        if (given instanceof Value.Int(long number) && isVersion(number)) {
            return (int) number;
        }
        throw TaskException.terminal(noVersion(given.toJava()));
    }

    private static boolean isVersion(long number) {
        return number >= 1 && number <= Integer.MAX_VALUE;
    }

    private static String noVersion(@Nullable Object given) {
        return "version: " + given + " (expected: an integer from 1)";
    }

    private static String malformed(@Nullable Object id) {
        return "flow: \"" + id + "\" (expected: a flow's id, [a-z][a-z0-9-]*, at most 63)";
    }
}
