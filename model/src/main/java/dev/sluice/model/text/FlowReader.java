package dev.sluice.model.text;

import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.model.Flow;
import dev.sluice.model.FlowId;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the keys of the flow itself. */
final class FlowReader {
    private static final List<String> KEYS =
            List.of(
                    "id",
                    "title",
                    "description",
                    "labels",
                    "inputs",
                    "tasks",
                    "outputs",
                    "concurrency",
                    "timeout",
                    "on_failure",
                    "on_success",
                    "retention",
                    "triggers",
                    "layout");
    private static final int MAX_CONCURRENCY = 10_000;

    private final List<Problem> problems;
    private final Fields fields;
    private final TaskReader tasks;

    FlowReader(Node.Map root, List<Problem> problems) {
        this.problems = problems;
        fields = Fields.of(root, "flow", problems);
        tasks = new TaskReader(problems);
    }

    Flow flow() {
        FlowId id = id();
        String title = fields.text("title");
        String description = fields.text("description");
        Map<String, String> labels = fields.labels();
        List<Flow.Input> inputs = inputs();
        List<Flow.Task> main = tasks();
        Map<String, Node> outputs = fields.nodes("outputs");
        outputNames(outputs);
        Integer concurrency = fields.count("concurrency", 1, MAX_CONCURRENCY);
        var timeout = fields.duration("timeout");
        List<Flow.Task> onFailure = tasks.tasks(fields, "on_failure", "on_failure/", 0);
        List<Flow.Task> onSuccess = tasks.tasks(fields, "on_success", "on_success/", 0);
        var retention = fields.duration("retention");
        Map<String, Node> triggers = triggers();
        fields.entries("layout");
        Node.Entry version = fields.left().remove("version");
        if (version != null) {
            fields.problem(
                    version.mark(),
                    "flow: version is given when the flow is saved (expected: no \"version\")");
        }
        fields.refuseOthers(KEYS);
        return new Flow(
                id,
                title == null ? id.value() : title,
                description == null ? "" : description,
                labels,
                inputs,
                main,
                outputs,
                concurrency,
                timeout,
                onFailure,
                onSuccess,
                retention,
                triggers);
    }

    private FlowId id() {
        Node node = fields.take("id");
        if (node == null) {
            fields.problem(
                    fields.map().mark(),
                    "flow: key \"id\" is missing (expected: the flow's name, such as id:"
                            + " my-flow)");
        } else if (node instanceof Node.Scalar s && FlowId.isValid(s.text())) {
            return new FlowId(s.text());
        } else {
            fields.mismatch("id", node, "[a-z][a-z0-9-]*, at most 63 characters");
        }
        return new FlowId("unnamed");
    }

    private List<Flow.Task> tasks() {
        if (!fields.left().containsKey("tasks")) {
            fields.problem(
                    fields.map().mark(),
                    "flow: key \"tasks\" is missing (expected: a map of task ids to tasks)");
            return List.of();
        }
        Mark mark = fields.left().get("tasks").mark();
        int before = problems.size();
        List<Flow.Task> main = tasks.tasks(fields, "tasks", "", 0);
        if (main.isEmpty() && problems.size() == before) {
            fields.problem(mark, "flow: tasks is empty (expected: at least one task)");
        }
        return main;
    }

    private List<Flow.Input> inputs() {
        List<Flow.Input> inputs = new ArrayList<>();
        for (Node.Entry entry : fields.entries("inputs")) {
            String fault = Names.fieldFault(entry.key());
            if (fault != null) {
                fields.problem(entry.mark(), "input " + quoted(entry.key()) + fault);
            }
            inputs.add(input(entry));
        }
        return inputs;
    }

    private Flow.Input input(Node.Entry entry) {
        String subject = "input " + quoted(entry.key());
        if (!(entry.value() instanceof Node.Map map)) {
            fields.problem(
                    entry.value().mark(),
                    subject
                            + " is "
                            + Fields.shown(entry.value())
                            + " (expected: a map such as {type: string, default: text})");
            return new Flow.Input(entry.mark(), entry.key(), ValueType.ANY, "", null);
        }
        Fields keys = Fields.of(map, subject, problems);
        if (!keys.left().containsKey("type")) {
            keys.problem(entry.mark(), subject + ": key \"type\" is missing");
        }
        ValueType type = keys.choice("type", ValueType.class, ValueType.ANY);
        String description = keys.text("description");
        Node defaultValue = keys.take("default");
        if (defaultValue != null) {
            checkDefault(keys, type, defaultValue);
        }
        keys.refuseOthers(List.of("type", "default", "description"));
        return new Flow.Input(
                entry.mark(),
                entry.key(),
                type,
                description == null ? "" : description,
                defaultValue);
    }

    private static void checkDefault(Fields keys, ValueType type, Node node) {
        Value value = node.toValue();
        boolean isPath = type == ValueType.FILE || type == ValueType.TABLE;
        if (isPath ? !(value instanceof Value.Text) : !type.accepts(value)) {
            keys.mismatch(
                    "default", node, isPath ? "the path of a file" : article(type) + type.word());
        } else if (node instanceof Node.Scalar s && s.text().contains("${{")) {
            keys.mismatch("default", node, "a value: a default holds no expressions");
        }
    }

    private static String article(ValueType type) {
        return switch (type) {
            case INTEGER, ANY -> "an ";
            case STRING, NUMBER, BOOLEAN, LIST, MAP, FILE, TABLE -> "a ";
        };
    }

    private void outputNames(Map<String, Node> outputs) {
        outputs.forEach((name, node) -> {
            String fault = Names.fieldFault(name);
            if (fault != null) {
                fields.problem(node.mark(), "output " + quoted(name) + fault);
            }
        });
    }

    private Map<String, Node> triggers() {
        Map<String, Node> triggers = fields.nodes("triggers");
        triggers.forEach((name, node) -> {
            @Nullable Node type = node instanceof Node.Map map ? map.find("type") : null;
            if (type == null) {
                fields.problem(
                        node.mark(),
                        "trigger "
                                + quoted(name)
                                + " has no type (expected: a map such as {type: schedule,"
                                + " cron: \"0 2 * * *\"})");
            }
        });
        return triggers;
    }
}
