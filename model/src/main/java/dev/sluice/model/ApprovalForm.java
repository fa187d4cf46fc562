package dev.sluice.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an approval asks a person, and the judge of the answer. Its value form, the one in {@link
 * Outcome.Ask} and in a run's listing, is {@code {title, message, assignees: [text], fields: {name:
 * {type, title, default?, choices?}}}}. Immutable.
 *
 * @param title what is to be decided, in one line
 * @param message text to show with it; may be empty
 * @param assignees who may answer; empty for anyone who may answer at all
 * @param fields in the order to ask them
 */
public record ApprovalForm(
        String title, String message, List<String> assignees, Map<String, Field> fields) {
    /** The entry of an answer that decides. */
    public static final String APPROVED = "approved";

    /** The output that tells who decided. */
    public static final String BY = "by";

    /** The types a field may have. */
    public static final List<ValueType> FIELD_TYPES =
            List.of(
                    ValueType.STRING,
                    ValueType.INTEGER,
                    ValueType.NUMBER,
                    ValueType.BOOLEAN,
                    ValueType.LIST,
                    ValueType.MAP);

    private static final int SHOWN_MAX = 80;

    /**
     * @param title what people read
     * @param defaultValue stands in for a missing answer; without one the field must be answered in
     *     order to approve
     * @param choices the allowed values; empty for any
     */
    public record Field(
            ValueType type, String title, @Nullable Value defaultValue, List<Value> choices) {
        public Field {
            choices = List.copyOf(choices);
        }

        private @Nullable String fault(Value value) {
            if (!type.accepts(value)) {
                return shown(value) + " is a " + value.kind() + " (expected: " + type.word() + ")";
            }
            if (!choices.isEmpty() && !choices.contains(value)) {
                return shown(value) + " (expected one of: " + words(choices) + ")";
            }
            return null;
        }

        private Value toValue() {
            Map<String, Value> entries = new LinkedHashMap<>();
            entries.put("type", Value.of(type.word()));
            entries.put("title", Value.of(title));
            if (defaultValue != null) {
                entries.put("default", defaultValue);
            }
            if (!choices.isEmpty()) {
                entries.put("choices", new Value.ListOf(choices));
            }
            return new Value.MapOf(entries);
        }
    }

    public ApprovalForm {
        assignees = List.copyOf(assignees);
        fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * Reads the value form.
     *
     * @throws IllegalArgumentException if a field has no such type, is called {@code approved} or
     *     {@code by}, or has a default or choice of another type; the message names it
     */
    public static ApprovalForm of(Value.MapOf form) {
        List<String> assignees = new ArrayList<>();
        if (form.find("assignees") instanceof Value.ListOf list) {
            for (Value item : list.items()) {
                assignees.add(text(item, "assignees"));
            }
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        if (form.find("fields") instanceof Value.MapOf map) {
            map.entries().forEach((name, field) -> fields.put(name, field(name, field)));
        }
        return new ApprovalForm(
                text(form.find("title"), "title"),
                text(form.find("message"), "message"),
                assignees,
                fields);
    }

    /**
     * Reads one field as a flow writes it: a type's word, or {@code {type, title, default,
     * choices}}.
     *
     * @throws IllegalArgumentException as {@link #of} does
     */
    public static Field field(String name, Value written) {
        if (name.equals(APPROVED) || name.equals(BY)) {
            throw new IllegalArgumentException(
                    "field \""
                            + name
                            + "\": the approval itself has an output of this name;"
                            + " choose another");
        }
        return switch (written) {
            case Value.Text word -> new Field(type(name, word), name, null, List.of());
            case Value.MapOf map -> field(name, map);
            case Value.Null _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Dec _,
                    Value.ListOf _,
                    Value.Artifact _ ->
                    throw new IllegalArgumentException(
                            "field \""
                                    + name
                                    + "\": "
                                    + written.kind()
                                    + " (expected: a type's word or a map of type, title, default"
                                    + " and choices)");
        };
    }

    private static Field field(String name, Value.MapOf map) {
        for (String key : map.entries().keySet()) {
            if (!List.of("type", "title", "default", "choices").contains(key)) {
                throw new IllegalArgumentException(
                        "field \""
                                + name
                                + "\": unknown key \""
                                + key
                                + "\" (expected: type, title, default, choices)");
            }
        }
        Value word = map.find("type");
        Value title = map.find("title");
        ValueType type = word == null ? ValueType.STRING : type(name, word);
        Value given = map.find("choices");
        if (given != null && !(given instanceof Value.ListOf)) {
            throw new IllegalArgumentException(
                    "field \"" + name + "\": choices is a " + given.kind() + " (expected: a list)");
        }
        List<Value> choices = given instanceof Value.ListOf list ? list.items() : List.of();
        Field open = new Field(type, name, null, List.of());
        for (Value choice : choices) {
            refuse(name, "choice ", open.fault(choice));
        }
        Value defaultValue = map.find("default");
        Field field =
                new Field(
                        type,
                        title == null ? name : text(title, name + ".title"),
                        defaultValue,
                        choices);
        if (defaultValue != null) {
            refuse(name, "default ", field.fault(defaultValue));
        }
        return field;
    }

    private static void refuse(String name, String what, @Nullable String fault) {
        if (fault != null) {
            throw new IllegalArgumentException("field \"" + name + "\": " + what + fault);
        }
    }

    private static ValueType type(String name, Value word) {
        for (ValueType type : FIELD_TYPES) {
            if (word instanceof Value.Text text && text.value().equals(type.word())) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "field \""
                        + name
                        + "\": type "
                        + word.toJava()
                        + " (expected one of: "
                        + String.join(", ", FIELD_TYPES.stream().map(ValueType::word).toList())
                        + ")");
    }

    private static String text(@Nullable Value value, String where) {
        return switch (value) {
            case null -> "";
            case Value.Null _ -> "";
            case Value.Text text -> text.value();
            case Value.Bool _,
                    Value.Int _,
                    Value.Dec _,
                    Value.ListOf _,
                    Value.MapOf _,
                    Value.Artifact _ ->
                    throw new IllegalArgumentException(
                            where + " holds a " + value.kind() + " (expected: text)");
        };
    }

    /** The value form. */
    public Value.MapOf toValue() {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("title", Value.of(title));
        entries.put("message", Value.of(message));
        entries.put("assignees", new Value.ListOf(assignees.stream().map(Value::of).toList()));
        Map<String, Value> byName = new LinkedHashMap<>();
        fields.forEach((name, field) -> byName.put(name, field.toValue()));
        entries.put("fields", new Value.MapOf(byName));
        return new Value.MapOf(entries);
    }

    /**
     * Every mistake of an answer, each with its remedy; empty if it may be taken. An answer holds
     * {@code approved} and the fields; whoever declines need not fill the fields in.
     */
    public List<String> check(Map<String, Value> answer) {
        List<String> faults = new ArrayList<>();
        Value approved = answer.get(APPROVED);
        if (!(approved instanceof Value.Bool)) {
            faults.add(
                    APPROVED
                            + ": "
                            + (approved == null ? "missing" : shown(approved))
                            + " (expected: true or false)");
        }
        boolean mustAnswer = !Value.of(false).equals(approved);
        fields.forEach((name, field) -> {
            Value value = answer.get(name);
            if (value != null) {
                String fault = field.fault(value);
                if (fault != null) {
                    faults.add(name + ": " + fault);
                }
            } else if (mustAnswer && field.defaultValue() == null) {
                faults.add(name + ": missing (expected: " + field.type().word() + ")");
            }
        });
        for (String name : new TreeSet<>(answer.keySet())) {
            if (!name.equals(APPROVED) && !fields.containsKey(name)) {
                faults.add(shortened(name) + ": the form has no such field" + instead(name));
            }
        }
        return faults;
    }

    /**
     * The task's outputs for an answer that {@link #check} accepts: {@code approved}, {@code by},
     * and every field, answered, by default, or null.
     */
    public Map<String, Value> outputs(String by, Map<String, Value> answer) {
        Map<String, Value> outputs = new LinkedHashMap<>();
        outputs.put(APPROVED, answer.getOrDefault(APPROVED, Value.of(false)));
        outputs.put(BY, Value.of(by));
        fields.forEach((name, field) -> {
            Value value = answer.get(name);
            Value orDefault = value != null ? value : field.defaultValue();
            outputs.put(name, orDefault != null ? orDefault : Value.Null.NULL);
        });
        return outputs;
    }

    private String instead(String name) {
        String nearest = Spelling.nearest(name, fields.keySet());
        if (nearest != null) {
            return "; did you mean \"" + nearest + "\"?";
        }
        return fields.isEmpty()
                ? "; it has none"
                : " (expected one of: " + String.join(", ", fields.keySet()) + ")";
    }

    private static String shown(Value value) {
        return shortened(String.valueOf(value.toJava()));
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }

    private static String words(List<Value> choices) {
        return String.join(", ", choices.stream().map(c -> String.valueOf(c.toJava())).toList());
    }
}
