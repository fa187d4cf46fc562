package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Values given as {@code name=value}, read as the flow declares them. */
final class Inputs {
    private Inputs() {}

    /**
     * @param files makes a file's path absolute
     */
    static Map<String, Value> read(Flow flow, List<String> given, UnaryOperator<String> files)
            throws Refusal {
        Map<String, Value> values = new LinkedHashMap<>();
        for (String pair : given) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw wrong("-i " + pair + " (expected: name=value)");
            }
            String name = pair.substring(0, equals);
            Flow.Input input =
                    flow.inputs().stream()
                            .filter(i -> i.name().equals(name))
                            .findFirst()
                            .orElseThrow(() -> unknown(flow, name));
            if (values.containsKey(name)) {
                throw wrong("-i " + name + " is given twice; remove one");
            }
            values.put(name, read(name, input.type(), pair.substring(equals + 1), files));
        }
        return values;
    }

    private static Value read(String name, ValueType type, String text, UnaryOperator<String> files)
            throws Refusal {
        try {
            return switch (type) {
                case STRING -> Value.of(text);
                case INTEGER -> Value.of(Long.parseLong(text.strip()));
                case NUMBER -> number(text.strip());
                case BOOLEAN -> truth(text.strip());
                case LIST, MAP -> json(type, text);
                case FILE -> Value.of(files.apply(text));
                case TABLE ->
                        throw new IllegalArgumentException(
                                "a table comes from a task; declare a file input and read it with"
                                        + " table.read");
                case ANY -> any(text);
            };
        } catch (IllegalArgumentException e) {
            String why = e instanceof NumberFormatException ? "" : ": " + e.getMessage();
            throw wrong("-i " + name + "=" + text + " (expected: " + expected(type) + ")" + why);
        }
    }

    private static String expected(ValueType type) {
        return switch (type) {
            case STRING, ANY, FILE, TABLE -> "a " + type.word();
            case INTEGER -> "an integer, such as 42";
            case NUMBER -> "a number, such as 0.5";
            case BOOLEAN -> "true or false";
            case LIST -> "a list in JSON, such as '[1, 2]'";
            case MAP -> "a map in JSON, such as '{\"a\": 1}'";
        };
    }

    private static Value number(String text) {
        try {
            return Value.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Value.of(Double.parseDouble(text));
        }
    }

    private static Value truth(String text) {
        return switch (text) {
            case "true" -> Value.of(true);
            case "false" -> Value.of(false);
            default -> throw new NumberFormatException();
        };
    }

    private static Value json(ValueType type, String text) {
        Value value = ValueJson.parse(text);
        if (!type.accepts(value)) {
            throw new IllegalArgumentException("it is a " + value.kind());
        }
        return value;
    }

    /** JSON where it is such, otherwise the text itself. */
    private static Value any(String text) {
        try {
            return ValueJson.parse(text);
        } catch (IllegalArgumentException e) {
            return Value.of(text);
        }
    }

    private static Refusal unknown(Flow flow, String name) {
        List<String> names = flow.inputs().stream().map(Flow.Input::name).toList();
        return wrong(
                "-i "
                        + name
                        + ": flow \""
                        + flow.id()
                        + "\" has no such input (expected: "
                        + (names.isEmpty() ? "none, it has no inputs" : String.join(", ", names))
                        + ")");
    }

    private static Refusal wrong(String message) {
        return new Refusal(Refusal.Reason.INVALID, message);
    }
}
