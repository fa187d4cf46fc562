package dev.sluice.compiler;

import dev.sluice.model.Flow;
import dev.sluice.model.Node;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.model.text.Messages;
import dev.sluice.model.text.YamlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run is given, held against what its flow declares. */
public final class FlowInputs {
    private FlowInputs() {}

    /**
     * @param values every declared input, in the order of the flow; a file or table is still the
     *     text of its path unless an artifact was given
     * @param problems in words for whoever gave the inputs; empty if there are none
     */
    public record Result(Map<String, Value> values, List<String> problems) {
        public Result {
            values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
            problems = List.copyOf(problems);
        }
    }

    /**
     * Fills in defaults and turns texts, as a command line gives them, into the declared types:
     * {@code "7"} into an integer, {@code "[1, 2]"} into a list.
     */
    public static Result resolve(Flow flow, Map<String, Value> given) {
        Map<String, Value> values = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        Set<String> known = new LinkedHashSet<>();
        for (Flow.Input input : flow.inputs()) {
            known.add(input.name());
            Value value = given.get(input.name());
            if (value != null) {
                Value fitting = fitting(input.type(), value);
                if (fitting == null) {
                    problems.add(mismatch(input, value));
                } else {
                    values.put(input.name(), fitting);
                }
            } else if (input.defaultValue() != null) {
                values.put(input.name(), input.defaultValue().toValue());
            } else {
                problems.add(missing(input));
            }
        }
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                problems.add(
                        "input "
                                + Messages.quoted(name)
                                + ": flow \""
                                + flow.id()
                                + "\" has none of this name"
                                + Messages.instead(name, known));
            }
        }
        return new Result(values, problems);
    }

    private static String missing(Flow.Input input) {
        return "input \""
                + input.name()
                + "\" is missing (expected: "
                + References.article(input.type())
                + "); give it with -i "
                + input.name()
                + "=…";
    }

    private static String mismatch(Flow.Input input, Value value) {
        String shown =
                value instanceof Value.Text t ? Messages.quoted(t.value()) : "a " + value.kind();
        return "input \""
                + input.name()
                + "\" is "
                + shown
                + " (expected: "
                + References.article(input.type())
                + ")";
    }

    private static @Nullable Value fitting(ValueType type, Value value) {
        if (type.accepts(value)) {
            return value;
        }
        if (!(value instanceof Value.Text(String text))) {
            return null;
        }
        return switch (type) {
            case FILE, TABLE -> value;
            case INTEGER, NUMBER, BOOLEAN, LIST, MAP -> parsed(type, text);
            case STRING, ANY -> null;
        };
    }

    private static @Nullable Value parsed(ValueType type, String text) {
        YamlText.Parsed parsed = YamlText.parse(text);
        Node root = parsed.root();
        if (root == null || !parsed.problems().isEmpty()) {
            return null;
        }
        Value value = root.toValue();
        return type.accepts(value) ? value : null;
    }
}
