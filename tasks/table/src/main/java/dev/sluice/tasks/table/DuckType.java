package dev.sluice.tasks.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** A DuckDB type as {@code DESCRIBE} writes it, taken apart as far as JSON cares. */
sealed interface DuckType {
    /**
     * @param name upper case, with its parameters, such as {@code DECIMAL(18,2)}
     */
    record Scalar(String name) implements DuckType {}

    /** A list, or an array with its length in {@code suffix}. */
    record ListOf(DuckType item, String suffix) implements DuckType {}

    record Struct(List<Field> fields) implements DuckType {}

    record MapOf(DuckType key, DuckType value) implements DuckType {}

    /**
     * @param name quoted where DuckDB quotes it
     */
    record Field(String name, DuckType type) {}

    /** What a scalar becomes in JSON. */
    enum Form {
        /** A number, boolean or string that JSON holds exactly, or JSON itself. */
        NATIVE,
        /** A number, or one of the strings nan, inf, -inf. */
        FLOATING,
        /** A string in base64. */
        BYTES,
        /** A string in DuckDB's text form. */
        TEXT
    }

    /** What stands for integers beyond 64 bits in Parquet: 38 digits, and an error beyond. */
    String WIDE_INTEGER = "DECIMAL(38,0)";

    static DuckType parse(String type) {
        Parser parser = new Parser(type);
        return parser.type();
    }

    static Form form(Scalar scalar) {
        return switch (scalar.name()) {
            case "BOOLEAN",
                    "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT",
                    "UHUGEINT",
                    "VARCHAR",
                    "JSON" ->
                    Form.NATIVE;
            // As Python's int: what has no fraction needs no string to be exact.
            case WIDE_INTEGER -> Form.NATIVE;
            case "FLOAT", "DOUBLE" -> Form.FLOATING;
            case "BLOB" -> Form.BYTES;
            default -> Form.TEXT;
        };
    }

    /**
     * The type in which Parquet keeps such values without loss. Parquet knows no integers beyond 64
     * bits (DuckDB would write a DOUBLE), no intervals below a millisecond or below zero, no time
     * zone of a time, and no column without a type.
     */
    default String stored() {
        return switch (this) {
            case Scalar s ->
                    switch (s.name()) {
                        case "HUGEINT", "UHUGEINT" -> WIDE_INTEGER;
                        case "INTERVAL", "TIME WITH TIME ZONE", "\"NULL\"" -> "VARCHAR";
                        default -> s.name();
                    };
            case ListOf l -> l.item().stored() + l.suffix();
            case Struct s -> {
                StringJoiner out = new StringJoiner(", ", "STRUCT(", ")");
                s.fields().forEach(f -> out.add(f.name() + " " + f.type().stored()));
                yield out.toString();
            }
            case MapOf m -> "MAP(" + m.key().stored() + ", " + m.value().stored() + ")";
        };
    }

    /** The type whose JSON form is what {@link #encode} makes. */
    default String wire() {
        return switch (this) {
            case Scalar s ->
                    switch (form(s)) {
                        case NATIVE, FLOATING ->
                                s.name().equals(WIDE_INTEGER) ? "HUGEINT" : s.name();
                        case BYTES, TEXT -> "VARCHAR";
                    };
            case ListOf l -> l.item().wire() + l.suffix();
            case Struct s -> {
                StringJoiner out = new StringJoiner(", ", "STRUCT(", ")");
                s.fields().forEach(f -> out.add(f.name() + " " + f.type().wire()));
                yield out.toString();
            }
            case MapOf m -> "MAP(VARCHAR, " + m.value().wire() + ")";
        };
    }

    /**
     * The SQL that turns a value of this type into one that DuckDB's JSON writer writes exactly.
     */
    default String encode(String value, int depth) {
        return switch (this) {
            case Scalar s ->
                    switch (form(s)) {
                        case NATIVE -> value;
                        case FLOATING ->
                                "CASE WHEN isfinite("
                                        + value
                                        + ") THEN to_json("
                                        + value
                                        + ") ELSE to_json(CAST("
                                        + value
                                        + " AS VARCHAR)) END";
                        case BYTES -> "base64(" + value + ")";
                        case TEXT -> "CAST(" + value + " AS VARCHAR)";
                    };
            case ListOf l -> each(value, depth, item -> l.item().encode(item, depth + 1));
            case Struct s -> fields(s, value, (f, x) -> f.type().encode(x, depth));
            case MapOf m -> entries(value, depth, x -> m.value().encode(x, depth + 1), "VARCHAR");
        };
    }

    /** The SQL that turns a value of type {@link #wire} back. */
    default String decode(String value, int depth) {
        return switch (this) {
            case Scalar s ->
                    switch (form(s)) {
                        case NATIVE, FLOATING ->
                                s.name().equals(WIDE_INTEGER)
                                        ? "CAST(" + value + " AS " + WIDE_INTEGER + ")"
                                        : value;
                        case BYTES -> "from_base64(" + value + ")";
                        case TEXT -> "CAST(" + value + " AS " + s.name() + ")";
                    };
            case ListOf l -> each(value, depth, item -> l.item().decode(item, depth + 1));
            case Struct s -> fields(s, value, (f, x) -> f.type().decode(x, depth));
            case MapOf m ->
                    entries(
                            value,
                            depth,
                            x -> m.value().decode(x, depth + 1),
                            m.key() instanceof Scalar key ? key.name() : "VARCHAR");
        };
    }

    private static String each(
            String value, int depth, java.util.function.UnaryOperator<String> item) {
        String x = "x" + depth;
        String turned = item.apply(x);
        return turned.equals(x)
                ? value
                : "list_transform(" + value + ", lambda " + x + ": " + turned + ")";
    }

    private static String fields(
            Struct struct,
            String value,
            java.util.function.BiFunction<Field, String, String> field) {
        StringJoiner out = new StringJoiner(", ", "struct_pack(", ")");
        for (Field f : struct.fields()) {
            out.add(f.name() + " := " + field.apply(f, "(" + value + ")." + f.name()));
        }
        return "CASE WHEN " + value + " IS NOT NULL THEN " + out + " END";
    }

    private static String entries(
            String value,
            int depth,
            java.util.function.UnaryOperator<String> item,
            String keyType) {
        String x = "x" + depth;
        return "CASE WHEN "
                + value
                + " IS NOT NULL THEN map_from_entries(list_transform(map_entries("
                + value
                + "), lambda "
                + x
                + ": struct_pack(key := CAST("
                + x
                + ".key AS "
                + keyType
                + "), value := "
                + item.apply(x + ".value")
                + "))) END";
    }

    /** Reads the type grammar of {@code DESCRIBE}. */
    final class Parser {
        private static final Pattern SIMPLE = Pattern.compile("[A-Za-z_ ]+(\\([0-9, ]*\\))?");

        private final String text;
        private int at;

        private Parser(String text) {
            this.text = text;
        }

        private DuckType type() {
            DuckType type = base();
            while (at < text.length() && text.charAt(at) == '[') {
                int close = text.indexOf(']', at);
                type = new ListOf(type, text.substring(at, close + 1));
                at = close + 1;
            }
            return type;
        }

        private DuckType base() {
            int start = at;
            if (take("STRUCT(")) {
                List<Field> fields = new ArrayList<>();
                do {
                    take(" ");
                    String name = fieldName();
                    take(" ");
                    fields.add(new Field(name, type()));
                } while (take(","));
                take(")");
                return new Struct(fields);
            }
            if (take("MAP(")) {
                DuckType key = type();
                take(",");
                take(" ");
                DuckType value = type();
                take(")");
                // JSON's keys are texts: a map whose keys are no plain scalars goes as one text.
                return key instanceof Scalar s && form(s) != Form.BYTES
                        ? new MapOf(key, value)
                        : new Scalar(text.substring(start, at).toUpperCase(Locale.ROOT));
            }
            return new Scalar(scalar());
        }

        private boolean take(String word) {
            if (text.regionMatches(true, at, word, 0, word.length())) {
                at += word.length();
                return true;
            }
            return false;
        }

        private String fieldName() {
            int start = at;
            if (text.charAt(at) == '"') {
                at++;
                while (text.charAt(at) != '"' || text.startsWith("\"\"", at)) {
                    at += text.charAt(at) == '"' ? 2 : 1;
                }
                at++;
            } else {
                at = text.indexOf(' ', at);
            }
            return text.substring(start, at);
        }

        /** Up to the comma, bracket or end that is not inside its own brackets or quotes. */
        private String scalar() {
            int start = at;
            int open = 0;
            boolean quoted = false;
            for (; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '\'' || c == '"') {
                    quoted = !quoted;
                } else if (!quoted && (c == '(')) {
                    open++;
                } else if (!quoted && open == 0 && (c == ',' || c == ')' || c == '[')) {
                    break;
                } else if (!quoted && c == ')') {
                    open--;
                }
            }
            String name = text.substring(start, at);
            return SIMPLE.matcher(name).matches() ? name.toUpperCase(Locale.ROOT) : name;
        }
    }
}
