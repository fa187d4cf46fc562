package dev.sluice.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What travels on an edge: JSON's kinds with integers apart from other numbers, and artifacts.
 * Immutable; maps keep the order they were made in.
 */
public sealed interface Value {

    /** JSON's null: also the output of a task that was skipped or whose failure was allowed. */
    record Null() implements Value {
        public static final Null NULL = new Null();
    }

    record Bool(boolean value) implements Value {}

    /** A 64-bit integer. */
    record Int(long value) implements Value {}

    /**
     * A number with a fraction (IEEE 754 double); never NaN or infinite, since JSON has neither.
     */
    record Dec(double value) implements Value {
        public Dec {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "number: " + value + " (expected: a finite number)");
            }
        }
    }

    record Text(String value) implements Value {}

    record ListOf(List<Value> items) implements Value {
        public ListOf {
            items = List.copyOf(items);
        }
    }

    record MapOf(Map<String, Value> entries) implements Value {
        public static final MapOf EMPTY = new MapOf(Map.of());

        public MapOf {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The entry, or null where there is none. */
        public @Nullable Value find(String key) {
            return entries.get(key);
        }
    }

    /**
     * Immutable bytes with a hash and a media type; with a schema it is a table.
     *
     * @param bytes size of the content
     * @param name a file name to show and to export under, without folders
     * @param table columns and row count, where the artifact is a table
     */
    record Artifact(
            Digest digest, long bytes, String mediaType, String name, @Nullable TableInfo table)
            implements Value {
        /** The media type of the tables that tasks hand to each other. */
        public static final String PARQUET = "application/vnd.apache.parquet";

        public boolean isTable() {
            return table != null;
        }
    }

    /**
     * What is known of a table without opening it.
     *
     * @param rows number of rows
     */
    record TableInfo(List<Column> columns, long rows) {
        public TableInfo {
            columns = List.copyOf(columns);
        }
    }

    /**
     * @param type a DuckDB type name, such as {@code BIGINT} or {@code DECIMAL(18,2)}
     */
    record Column(String name, String type) {}

    static Value of(boolean value) {
        return new Bool(value);
    }

    static Value of(long value) {
        return new Int(value);
    }

    static Value of(double value) {
        return new Dec(value);
    }

    static Value of(String value) {
        return new Text(value);
    }

    /**
     * The value of plain Java data as JSON and YAML readers and CEL make it.
     *
     * @throws IllegalArgumentException for anything that is neither null, a boolean, a number,
     *     text, an artifact, nor a list or string-keyed map of such
     */
    static Value ofJava(@Nullable Object java) {
        return switch (java) {
            case null -> Null.NULL;
            case Value v -> v;
            case Boolean b -> new Bool(b);
            case Integer i -> new Int(i);
            case Long l -> new Int(l);
            case Short s -> new Int(s);
            case Float f -> new Dec(f);
            case Double d -> new Dec(d);
            case BigDecimal d -> new Dec(d.doubleValue());
            case CharSequence s -> new Text(s.toString());
            case List<?> l -> {
                List<Value> items = new ArrayList<>(l.size());
                l.forEach(x -> items.add(ofJava(x)));
                yield new ListOf(items);
            }
            case Map<?, ?> m -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                m.forEach((k, v) -> entries.put(String.valueOf(k), ofJava(v)));
                yield new MapOf(entries);
            }
            default ->
                    throw new IllegalArgumentException(
                            "a "
                                    + java.getClass().getSimpleName()
                                    + " (expected: null, boolean, number, text, list or map)");
        };
    }

    /**
     * Plain Java data: null, Boolean, Long, Double, String, List, Map; an artifact becomes the map
     * that expressions see and JSON shows ({@code digest bytes mediaType name} and, for a table,
     * {@code rows columns}).
     */
    default @Nullable Object toJava() {
        return switch (this) {
            case Null _ -> null;
            case Bool b -> b.value();
            case Int i -> i.value();
            case Dec d -> d.value();
            case Text t -> t.value();
            case ListOf l -> {
                List<@Nullable Object> items = new ArrayList<>(l.items().size());
                l.items().forEach(x -> items.add(x.toJava()));
                yield items;
            }
            case MapOf m -> {
                Map<String, @Nullable Object> entries = new LinkedHashMap<>();
                m.entries().forEach((k, v) -> entries.put(k, v.toJava()));
                yield entries;
            }
            case Artifact a -> artifactMap(a);
        };
    }

    private static Map<String, @Nullable Object> artifactMap(Artifact a) {
        Map<String, @Nullable Object> m = new LinkedHashMap<>();
        m.put("digest", "sha256:" + a.digest().hex());
        m.put("bytes", a.bytes());
        m.put("mediaType", a.mediaType());
        m.put("name", a.name());
        if (a.table() != null) {
            m.put("rows", a.table().rows());
            Map<String, String> columns = new LinkedHashMap<>();
            a.table().columns().forEach(c -> columns.put(c.name(), c.type()));
            m.put("columns", columns);
        }
        return m;
    }

    /** The kind in the flow format's words, for messages. */
    default String kind() {
        return switch (this) {
            case Null _ -> "null";
            case Bool _ -> "boolean";
            case Int _ -> "integer";
            case Dec _ -> "number";
            case Text _ -> "string";
            case ListOf _ -> "list";
            case MapOf _ -> "map";
            case Artifact a -> a.isTable() ? "table" : "file";
        };
    }

    /** Every artifact inside this value, this one included. */
    default List<Artifact> artifacts() {
        List<Artifact> found = new ArrayList<>();
        collect(this, found);
        return found;
    }

    private static void collect(Value value, List<Artifact> found) {
        switch (value) {
            case Artifact a -> found.add(a);
            case ListOf l -> l.items().forEach(x -> collect(x, found));
            case MapOf m -> m.entries().values().forEach(x -> collect(x, found));
            case Null _, Bool _, Int _, Dec _, Text _ -> {}
        }
    }

    /**
     * One text for equal values, whatever order their maps were made in: what cache keys are made
     * of.
     */
    default String canonical() {
        StringBuilder out = new StringBuilder();
        canonical(this, out);
        return out.toString();
    }

    private static void canonical(Value value, StringBuilder out) {
        switch (value) {
            case Null _ -> out.append("null");
            case Bool b -> out.append(b.value());
            case Int i -> out.append('i').append(i.value());
            case Dec d -> out.append('d').append(d.value());
            case Text t -> out.append(t.value().length()).append('"').append(t.value());
            case ListOf l -> {
                out.append('[');
                l.items()
                        .forEach(x -> {
                            canonical(x, out);
                            out.append(',');
                        });
                out.append(']');
            }
            case MapOf m -> {
                out.append('{');
                new TreeMap<>(m.entries())
                        .forEach((k, v) -> {
                            canonical(new Text(k), out);
                            out.append(':');
                            canonical(v, out);
                            out.append(',');
                        });
                out.append('}');
            }
            case Artifact a -> out.append('@').append(a.digest().hex()).append(a.mediaType());
        }
    }
}
