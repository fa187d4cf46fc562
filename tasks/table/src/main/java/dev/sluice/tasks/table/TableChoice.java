package dev.sluice.tasks.table;

import dev.sluice.model.Node;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType.Expressions;
import dev.sluice.spi.TaskType.Key;
import dev.sluice.spi.TaskType.KeyType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The one table that a task works on: named by its key {@code input}, or else the only one it has.
 *
 * @param name as the flow calls it
 */
record TableChoice(String name, Value.Artifact table) {
    static final Key KEY =
            Key.optional(
                    "input",
                    KeyType.ANY,
                    Expressions.INLINE,
                    "The table: a task or task.output (default: the only table among the inputs).");

    /** The table that the text of a flow names, which is an edge. */
    static Set<String> names(Node.Map config) {
        return config.find("input") instanceof Node.Scalar s && !s.text().contains("${{")
                ? Set.of(s.text())
                : Set.of();
    }

    static TableChoice of(TaskContext context) throws TaskException {
        Map<String, Value.Artifact> tables = new LinkedHashMap<>();
        context.inputs()
                .forEach((name, value) -> {
                    if (value instanceof Value.Artifact a && a.isTable()) {
                        tables.put(name, a);
                    }
                });
        Value input = context.config().getOrDefault("input", Value.Null.NULL);
        if (input instanceof Value.Artifact a && a.isTable()) {
            return new TableChoice(a.name(), a);
        }
        if (input instanceof Value.Text name) {
            Value.Artifact table = tables.get(name.value());
            if (table == null) {
                throw TaskException.terminal(
                        "input: there is no table \""
                                + name.value()
                                + "\" (there is: "
                                + Text.list(tables.keySet())
                                + ")");
            }
            return new TableChoice(name.value(), table);
        }
        if (!(input instanceof Value.Null)) {
            throw TaskException.terminal(
                    "input: a " + input.kind() + " (expected: the name of a table)");
        }
        return only(tables);
    }

    /** A task's other tables, such as {@code read.bad_rows}, do not count beside its own. */
    private static TableChoice only(Map<String, Value.Artifact> tables) throws TaskException {
        Map<String, Value.Artifact> own = new LinkedHashMap<>(tables);
        own.keySet().removeIf(name -> name.contains("."));
        Map<String, Value.Artifact> choice = own.isEmpty() ? tables : own;
        if (choice.size() != 1) {
            throw TaskException.terminal(
                    choice.isEmpty()
                            ? "input: no table comes in; name one with input: or needs:"
                            : "input: which table? (one of: " + Text.list(choice.keySet()) + ")");
        }
        var one = choice.entrySet().iterator().next();
        return new TableChoice(one.getKey(), one.getValue());
    }
}
