package dev.sluice.compiler;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values as CEL computes with them, and back. Lists and maps are wrapped, not copied, and artifacts
 * come out of an expression as the artifacts they went in.
 */
final class CelValues {
    private CelValues() {}

    /** A variable of a declared type: there an integer may stand for a number. */
    static Object toCel(Value value, ValueType declared) {
        return declared == ValueType.NUMBER && value instanceof Value.Int i
                ? Double.valueOf(i.value())
                : toCel(value);
    }

    private static Object toCel(Value value) {
        return switch (value) {
            case Value.Null _ -> NullValue.NULL_VALUE;
            case Value.Bool b -> b.value();
            case Value.Int i -> i.value();
            case Value.Dec d -> d.value();
            case Value.Text t -> t.value();
            case Value.ListOf l -> new Items(l);
            case Value.MapOf m -> new Entries(m, m.entries());
            case Value.Artifact a ->
                    new Entries(a, ((Value.MapOf) Value.ofJava(a.toJava())).entries());
        };
    }

    /**
     * @throws IllegalArgumentException if the result is of a kind that flows do not have
     */
    static Value fromCel(@Nullable Object result) {
        return switch (result) {
            case null -> Value.Null.NULL;
            case NullValue _ -> Value.Null.NULL;
            case Items items -> items.source;
            case Entries entries -> entries.source;
            case List<?> list -> {
                List<Value> items = new ArrayList<>(list.size());
                list.forEach(x -> items.add(fromCel(x)));
                yield new Value.ListOf(items);
            }
            case Map<?, ?> map -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                map.forEach((k, v) -> entries.put(String.valueOf(k), fromCel(v)));
                yield new Value.MapOf(entries);
            }
            case UnsignedLong u -> Value.of(u.longValue());
            case Instant i -> Value.of(i.toString());
            case Duration d -> Value.of(d.toMillis() + "ms");
            case CelByteString _ ->
                    throw new IllegalArgumentException(
                            "the result is bytes (expected: a text; string(…) makes one)");
            case Optional<?> o -> fromCel(o.orElse(null));
            default -> Value.ofJava(result);
        };
    }

    private static final class Items extends AbstractList<Object> {
        private final Value.ListOf source;

        Items(Value.ListOf source) {
            this.source = source;
        }

        @Override
        public Object get(int index) {
            return toCel(source.items().get(index));
        }

        @Override
        public int size() {
            return source.items().size();
        }
    }

    private static final class Entries extends AbstractMap<String, Object> {
        private final Value source;
        private final Map<String, Value> entries;

        Entries(Value source, Map<String, Value> entries) {
            this.source = source;
            this.entries = entries;
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return entries.containsKey(key);
        }

        @Override
        public @Nullable Object get(@Nullable Object key) {
            Value value = entries.get(key);
            return value == null ? null : toCel(value);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            Map<String, Object> all = new LinkedHashMap<>();
            entries.forEach((k, v) -> all.put(k, toCel(v)));
            return all.entrySet();
        }
    }
}
