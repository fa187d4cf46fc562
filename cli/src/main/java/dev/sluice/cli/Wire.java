package dev.sluice.cli;

import dev.sluice.cli.ValueJson.Fields;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What travels over the socket, as values and back. Reading throws {@link IllegalArgumentException}
 * for whatever is not as it should be.
 */
final class Wire {
    private Wire() {}

    /** A map of these fields, {@code name, value, name, value…}, without those that are null. */
    static Value.MapOf map(@Nullable Object... fields) {
        Map<String, Value> map = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i + 1] != null) {
                map.put(String.valueOf(fields[i]), value(fields[i + 1]));
            }
        }
        return new Value.MapOf(map);
    }

    private static Value value(@Nullable Object field) {
        return switch (field) {
            case RunId id -> Value.of(id.toString());
            case FlowId id -> Value.of(id.value());
            case TenantId id -> Value.of(id.value());
            case Enum<?> word -> Value.of(word.name());
            case null, default -> Value.ofJava(field);
        };
    }

    static <T> Value list(List<T> items, Function<T, Value> write) {
        return new Value.ListOf(items.stream().map(write).toList());
    }

    static <T> List<T> list(List<Value> items, Function<Fields, T> read, String what) {
        List<T> list = new ArrayList<>(items.size());
        for (Value item : items) {
            list.add(read.apply(fields(item, what)));
        }
        return list;
    }

    static Fields fields(@Nullable Value value, String what) {
        if (value instanceof Value.MapOf map) {
            return new Fields(map);
        }
        throw new IllegalArgumentException(what + " (expected: a map)");
    }

    static @Nullable RunId runOrNull(Fields fields, String name) {
        String text = fields.textOrNull(name);
        return text == null ? null : RunId.parse(text);
    }

    static @Nullable FlowId flowOrNull(Fields fields, String name) {
        String text = fields.textOrNull(name);
        return text == null ? null : new FlowId(text);
    }

    static @Nullable Integer numberOrNull(Fields fields, String name) {
        return fields.find(name) == null ? null : fields.smallInteger(name);
    }

    static Value write(RunView view) {
        return map(
                "tenant", view.tenant(),
                "run", view.run(),
                "flow", view.flow(),
                "version", view.version(),
                "state", view.state(),
                "created", view.createdMicros(),
                "started", view.startedMicros(),
                "ended", view.endedMicros(),
                "duration", view.durationMicros(),
                "inputs", view.inputs(),
                "outputs", view.outputs(),
                "error", view.error(),
                "parent", view.parent(),
                "tasks", list(view.tasks(), Wire::write));
    }

    static RunView readView(Fields from) {
        return new RunView(
                new TenantId(from.text("tenant")),
                RunId.parse(from.text("run")),
                new FlowId(from.text("flow")),
                from.smallInteger("version"),
                RunState.valueOf(from.text("state")),
                from.integer("created"),
                from.integer("started"),
                from.integer("ended"),
                from.integer("duration"),
                from.map("inputs"),
                from.map("outputs"),
                from.textOrNull("error"),
                runOrNull(from, "parent"),
                list(from.list("tasks"), Wire::readTask, "task"));
    }

    private static Value write(RunView.TaskView task) {
        RunView.Items items = task.items();
        return map(
                "path", task.path(),
                "type", task.type(),
                "state", task.state(),
                "attempts", task.attempts(),
                "started", task.startedMicros(),
                "ended", task.endedMicros(),
                "outputs", task.outputs(),
                "error", task.error(),
                "items",
                        items == null
                                ? null
                                : List.of(
                                        items.total(),
                                        items.running(),
                                        items.succeeded(),
                                        items.failed(),
                                        items.skipped()),
                "reusedFrom", task.reusedFrom(),
                "form", task.form(),
                "metrics", task.metrics());
    }

    private static RunView.TaskView readTask(Fields from) {
        return new RunView.TaskView(
                from.text("path"),
                from.text("type"),
                TaskState.valueOf(from.text("state")),
                from.smallInteger("attempts"),
                from.integer("started"),
                from.integer("ended"),
                from.map("outputs"),
                from.textOrNull("error"),
                from.find("items") == null ? null : readItems(from.list("items")),
                runOrNull(from, "reusedFrom"),
                from.find("form") == null ? null : new Value.MapOf(from.map("form")),
                decimals(from.map("metrics")));
    }

    private static Map<String, Double> decimals(Map<String, Value> values) {
        Map<String, Double> decimals = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (value instanceof Value.Dec(double number)) {
                decimals.put(name, number);
            }
        });
        return decimals;
    }

    private static RunView.Items readItems(List<Value> counts) {
        if (counts.size() != 5) {
            throw new IllegalArgumentException("items (expected: five counts)");
        }
        int[] n = new int[5];
        for (int i = 0; i < n.length; i++) {
            n[i] = counts.get(i) instanceof Value.Int(long count) ? Math.toIntExact(count) : -1;
        }
        return new RunView.Items(n[0], n[1], n[2], n[3], n[4]);
    }

    static Value write(Workspace.RunLine line) {
        return map(
                "run", line.id(),
                "flow", line.flow(),
                "version", line.version(),
                "state", line.state(),
                "created", line.createdMicros(),
                "started", line.startedMicros(),
                "ended", line.endedMicros(),
                "parent", line.parent());
    }

    static Workspace.RunLine readRunLine(Fields from) {
        return new Workspace.RunLine(
                RunId.parse(from.text("run")),
                new FlowId(from.text("flow")),
                from.smallInteger("version"),
                RunState.valueOf(from.text("state")),
                from.integer("created"),
                from.integer("started"),
                from.integer("ended"),
                runOrNull(from, "parent"));
    }

    static Value write(Workspace.FlowLine line) {
        return map(
                "flow", line.flow(),
                "version", line.version(),
                "author", line.author(),
                "saved", line.savedMicros());
    }

    static Workspace.FlowLine readFlowLine(Fields from) {
        return new Workspace.FlowLine(
                new FlowId(from.text("flow")),
                from.smallInteger("version"),
                from.text("author"),
                from.integer("saved"));
    }

    static Value write(RunNews news) {
        return switch (news) {
            case RunNews.Snapshot n -> map("kind", "snapshot", "view", write(n.view()));
            case RunNews.RunChanged n -> map("kind", "run", "state", n.state());
            case RunNews.TaskChanged n ->
                    map(
                            "kind", "task",
                            "task", n.task(),
                            "item", n.item(),
                            "state", n.state(),
                            "attempt", n.attempt(),
                            "error", n.error());
            case RunNews.ItemsKnown n -> map("kind", "items", "task", n.task(), "total", n.total());
            case RunNews.Progress n ->
                    map(
                            "kind", "progress",
                            "task", n.task(),
                            "item", n.item(),
                            "fraction", Double.isFinite(n.fraction()) ? n.fraction() : null,
                            "message", n.message());
            case RunNews.Metric n ->
                    map(
                            "kind", "metric",
                            "task", n.task(),
                            "item", n.item(),
                            "name", n.name(),
                            "value", Double.isFinite(n.value()) ? n.value() : null);
            case RunNews.LogLine n ->
                    map(
                            "kind", "log",
                            "task", n.task(),
                            "item", n.item(),
                            "attempt", n.attempt(),
                            "number", n.number(),
                            "line", n.line());
        };
    }

    static RunNews readNews(Fields from) {
        String kind = from.text("kind");
        return switch (kind) {
            case "snapshot" -> new RunNews.Snapshot(readView(fields(from.find("view"), "view")));
            case "run" -> new RunNews.RunChanged(RunState.valueOf(from.text("state")));
            case "task" ->
                    new RunNews.TaskChanged(
                            from.text("task"),
                            from.smallInteger("item"),
                            TaskState.valueOf(from.text("state")),
                            from.smallInteger("attempt"),
                            from.textOrNull("error"));
            case "items" -> new RunNews.ItemsKnown(from.text("task"), from.smallInteger("total"));
            case "progress" ->
                    new RunNews.Progress(
                            from.text("task"),
                            from.smallInteger("item"),
                            from.find("fraction") == null ? Double.NaN : from.number("fraction"),
                            from.text("message"));
            case "metric" ->
                    new RunNews.Metric(
                            from.text("task"),
                            from.smallInteger("item"),
                            from.text("name"),
                            from.find("value") == null ? Double.NaN : from.number("value"));
            case "log" ->
                    new RunNews.LogLine(
                            from.text("task"),
                            from.smallInteger("item"),
                            from.smallInteger("attempt"),
                            from.integer("number"),
                            from.text("line"));
            default -> throw new IllegalArgumentException("kind: " + kind);
        };
    }
}
