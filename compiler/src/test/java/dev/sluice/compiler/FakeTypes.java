package dev.sluice.compiler;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskType;
import dev.sluice.spi.TaskType.Key;
import dev.sluice.spi.TaskType.KeyType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Task types that know their keys and shapes and run nothing. */
final class FakeTypes {
    private static final Pattern FROM =
            Pattern.compile("\\b(?:from|join)\\s+([a-z_][\\w.]*)", Pattern.CASE_INSENSITIVE);
    private static final Set<String> TYPES =
            Set.of("string", "integer", "number", "boolean", "list", "map", "file", "table");

    private FakeTypes() {}

    static Map<String, TaskType> all() {
        Map<String, TaskType> types = new LinkedHashMap<>();
        List.of(value(), read(), write(), sql(), python(), http(), sleep(), flow(), report())
                .forEach(t -> types.put(t.name(), t));
        return types;
    }

    static FlowCompiler compiler() {
        return new FlowCompiler(all());
    }

    private static TaskType value() {
        return new Fake(
                "value",
                true,
                List.of(Key.required("value", KeyType.MAP, TaskType.Expressions.INLINE, "")),
                config -> {
                    if (!(config.find("value") instanceof Node.Map values)) {
                        return new TaskType.Shape(Map.of(), true, Set.of(), List.of());
                    }
                    Map<String, ValueType> outputs = new LinkedHashMap<>();
                    values.entries().forEach(e -> outputs.put(e.key(), typeOf(e.value())));
                    return TaskType.Shape.of(outputs);
                });
    }

    private static ValueType typeOf(Node node) {
        return node instanceof Node.Scalar s && s.text().contains("${{")
                ? ValueType.ANY
                : Templates.typeOf(node.toValue());
    }

    private static TaskType read() {
        return new Fake(
                "table.read",
                true,
                List.of(
                        Key.required("from", KeyType.STRING, TaskType.Expressions.INLINE, ""),
                        Key.choice("format", List.of("csv", "json", "parquet", "xlsx"), "")),
                _ -> TaskType.Shape.of(Map.of("table", ValueType.TABLE)));
    }

    private static TaskType write() {
        return new Fake(
                "table.write",
                true,
                List.of(
                        Key.required("to", KeyType.STRING, TaskType.Expressions.INLINE, ""),
                        Key.optional("input", KeyType.STRING, TaskType.Expressions.NONE, "")),
                config ->
                        new TaskType.Shape(
                                Map.of("file", ValueType.FILE),
                                false,
                                config.find("input") instanceof Node.Scalar s
                                        ? Set.of(s.text())
                                        : Set.of(),
                                List.of()));
    }

    private static TaskType sql() {
        return new Fake(
                "sql",
                true,
                List.of(Key.required("query", KeyType.STRING, TaskType.Expressions.PARTS, "")),
                config -> {
                    Node.Scalar query = (Node.Scalar) config.find("query");
                    Set<String> tables = new HashSet<>();
                    Matcher names = FROM.matcher(query.text());
                    while (names.find()) {
                        tables.add(names.group(1));
                    }
                    int drop = query.text().indexOf("DROP");
                    List<Problem> problems =
                            drop < 0
                                    ? List.of()
                                    : List.of(
                                            new Problem(
                                                    query.markAt(drop),
                                                    "DROP (expected: one SELECT)"));
                    return new TaskType.Shape(
                            Map.of("table", ValueType.TABLE), false, tables, problems);
                });
    }

    private static TaskType python() {
        return new Fake(
                "python",
                true,
                List.of(
                        Key.required("script", KeyType.STRING, TaskType.Expressions.NONE, ""),
                        Key.optional("env", KeyType.MAP, TaskType.Expressions.INLINE, ""),
                        Key.optional("outputs", KeyType.MAP, TaskType.Expressions.NONE, "")),
                config -> {
                    if (!(config.find("outputs") instanceof Node.Map declared)) {
                        return new TaskType.Shape(Map.of(), true, Set.of(), List.of());
                    }
                    Map<String, ValueType> outputs = new LinkedHashMap<>();
                    declared.entries().stream()
                            .filter(e ->
                                    e.value() instanceof Node.Scalar s && TYPES.contains(s.text()))
                            .forEach(e ->
                                    outputs.put(
                                            e.key(),
                                            ValueType.valueOf(
                                                    ((Node.Scalar) e.value())
                                                            .text()
                                                            .toUpperCase(java.util.Locale.ROOT))));
                    return TaskType.Shape.of(outputs);
                });
    }

    private static TaskType http() {
        return new Fake(
                "http",
                false,
                List.of(
                        Key.required("url", KeyType.STRING, TaskType.Expressions.INLINE, ""),
                        Key.optional("headers", KeyType.MAP, TaskType.Expressions.INLINE, ""),
                        Key.optional("retries", KeyType.INTEGER, TaskType.Expressions.INLINE, "")),
                _ -> TaskType.Shape.of(Map.of("status", ValueType.INTEGER, "body", ValueType.ANY)));
    }

    private static TaskType sleep() {
        return new Fake(
                "wait",
                true,
                List.of(Key.required("for", KeyType.DURATION, TaskType.Expressions.INLINE, "")),
                _ -> TaskType.Shape.of(Map.of()));
    }

    private static TaskType flow() {
        return new Fake(
                "flow",
                true,
                List.of(
                        Key.required("flow", KeyType.STRING, TaskType.Expressions.NONE, ""),
                        Key.optional("version", KeyType.INTEGER, TaskType.Expressions.NONE, ""),
                        Key.optional("with", KeyType.MAP, TaskType.Expressions.INLINE, "")),
                _ -> new TaskType.Shape(Map.of(), true, Set.of(), List.of()));
    }

    private static TaskType report() {
        return new Fake(
                "report",
                true,
                List.of(Key.required("template", KeyType.STRING, TaskType.Expressions.INLINE, "")),
                _ -> TaskType.Shape.of(Map.of("report", ValueType.FILE)));
    }

    private record Fake(
            String name,
            boolean repeatable,
            List<Key> keys,
            Function<Node.Map, TaskType.Shape> shapes)
            implements TaskType {
        @Override
        public String summary() {
            return name;
        }

        @Override
        public Shape shape(Node.Map config) {
            return shapes.apply(config);
        }

        @Override
        public Outcome run(TaskContext context) {
            throw new AssertionError("checking a flow ran a task");
        }
    }
}
