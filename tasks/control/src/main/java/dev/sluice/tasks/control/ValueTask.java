package dev.sluice.tasks.control;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Names values: the keys of {@code value} are the outputs. */
final class ValueTask implements TaskType {
    private static final List<Key> KEYS =
            List.of(
                    Key.required(
                            "value",
                            KeyType.MAP,
                            Expressions.INLINE,
                            "Output names and their values."));

    @Override
    public String name() {
        return "value";
    }

    @Override
    public String summary() {
        return "Computes values for the tasks behind it.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public Shape shape(Node.Map config) {
        if (!(config.find("value") instanceof Node.Map values)) {
            return new Shape(Map.of(), true, Set.of(), List.of());
        }
        Map<String, ValueType> outputs = new LinkedHashMap<>();
        values.entries().forEach(e -> outputs.put(e.key(), type(e.value())));
        return Shape.of(outputs);
    }

    private static ValueType type(Node node) {
        return switch (node) {
            case Node.Map _ -> ValueType.MAP;
            case Node.Seq _ -> ValueType.LIST;
            case Node.Scalar scalar -> Literals.type(scalar);
        };
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException {
        Value value = context.config().get("value");
        if (value instanceof Value.MapOf map) {
            return new Outcome.Succeeded(map.entries());
        }
        throw TaskException.terminal(
                "value: a "
                        + (value == null ? "missing key" : value.kind())
                        + " (expected: a map of output names and values)");
    }
}
