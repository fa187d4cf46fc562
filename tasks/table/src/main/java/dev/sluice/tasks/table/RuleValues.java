package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the keys of a rule may hold. A rule that is not understood must never pass in silence. */
final class RuleValues {
    private RuleValues() {}

    /** What is wrong with the value of a key of {@link Rules#KEYS}, or null. */
    static @Nullable String fault(String key, Value value) {
        String expected =
                switch (key) {
                    case "unique", "not_null" ->
                            value instanceof Value.Bool ? null : "true or false";
                    case "in" -> value instanceof Value.ListOf ? null : "a list of values";
                    case "columns" ->
                            value instanceof Value.ListOf list && !list.items().isEmpty()
                                    ? null
                                    : "a list of columns";
                    case "min", "max" -> isBound(value) ? null : "a number or a text";
                    case "references" ->
                            value instanceof Value.Text text && text.value().lastIndexOf('.') > 0
                                    ? null
                                    : "table.column";
                    case "rows" -> isRange(value) ? null : "a map such as {min: 1, max: 100}";
                    default -> value instanceof Value.Text ? null : "a text";
                };
        return expected == null
                ? null
                : "rule: " + key + ": " + value.toJava() + " (expected: " + expected + ")";
    }

    private static boolean isBound(Value value) {
        return value instanceof Value.Int
                || value instanceof Value.Dec
                || value instanceof Value.Text;
    }

    private static boolean isRange(Value value) {
        if (!(value instanceof Value.MapOf(Map<String, Value> bounds))
                || bounds.isEmpty()
                || !Set.of("min", "max").containsAll(bounds.keySet())
                || !bounds.values().stream().allMatch(b -> b instanceof Value.Int)) {
            return false;
        }
        return !(bounds.get("min") instanceof Value.Int(long min))
                || !(bounds.get("max") instanceof Value.Int(long max))
                || min <= max;
    }
}
