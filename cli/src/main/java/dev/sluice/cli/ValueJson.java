package dev.sluice.cli;

import dev.sluice.model.Digest;
import dev.sluice.model.Value;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * Values as JSON, in two ways: {@link #plain} for people's programs, where an artifact is the map
 * that expressions see, and {@link #exact}, which {@link #parse} reads back as it was: there an
 * artifact is {@code {"$artifact": {…}}} and a key that begins with {@code $} gets one more.
 */
final class ValueJson {
    private static final String ARTIFACT = "$artifact";

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(200)
                                    .maxStringLength(16 << 20)
                                    .build())
                    .build();

    private ValueJson() {}

    static String plain(Value value) {
        return write(value, false);
    }

    static String exact(Value value) {
        return write(value, true);
    }

    /**
     * @throws IllegalArgumentException if the text is not one JSON value, with the reason
     */
    static Value parse(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                throw new IllegalArgumentException("nothing there");
            }
            Value value = read(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows the value");
            }
            return value;
        } catch (tools.jackson.core.JacksonException e) {
            throw new IllegalArgumentException(
                    e instanceof StreamReadException read
                            ? read.getOriginalMessage()
                            : e.getMessage(),
                    e);
        }
    }

    private static String write(Value value, boolean exact) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = generator(text)) {
            write(out, value, exact);
        }
        return text.toString();
    }

    static JsonGenerator generator(Writer text) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), text);
    }

    static void writePlain(JsonGenerator out, Value value) {
        write(out, value, false);
    }

    private static void write(JsonGenerator out, Value value, boolean exact) {
        switch (value) {
            case Value.Null _ -> out.writeNull();
            case Value.Bool b -> out.writeBoolean(b.value());
            case Value.Int i -> out.writeNumber(i.value());
            case Value.Dec d -> out.writeNumber(d.value());
            case Value.Text t -> out.writeString(t.value());
            case Value.ListOf l -> {
                out.writeStartArray();
                l.items().forEach(item -> write(out, item, exact));
                out.writeEndArray();
            }
            case Value.MapOf m -> {
                out.writeStartObject();
                m.entries()
                        .forEach((key, entry) -> {
                            out.writeName(exact && key.startsWith("$") ? "$" + key : key);
                            write(out, entry, exact);
                        });
                out.writeEndObject();
            }
            case Value.Artifact a -> {
                if (exact) {
                    out.writeStartObject();
                    out.writeName(ARTIFACT);
                    write(out, fields(a), false);
                    out.writeEndObject();
                } else {
                    write(out, Value.ofJava(a.toJava()), false);
                }
            }
        }
    }

    /** An artifact's fields; its columns as pairs, since two may have the same name. */
    private static Value fields(Value.Artifact a) {
        Map<String, Value> map = new LinkedHashMap<>();
        map.put("digest", Value.of(a.digest().hex()));
        map.put("bytes", Value.of(a.bytes()));
        map.put("mediaType", Value.of(a.mediaType()));
        map.put("name", Value.of(a.name()));
        if (a.table() != null) {
            map.put("rows", Value.of(a.table().rows()));
            List<Value> columns = new ArrayList<>();
            for (Value.Column column : a.table().columns()) {
                columns.add(
                        new Value.ListOf(
                                List.of(Value.of(column.name()), Value.of(column.type()))));
            }
            map.put("columns", new Value.ListOf(columns));
        }
        return new Value.MapOf(map);
    }

    private static Value read(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> readMap(parser);
            case START_ARRAY -> {
                List<Value> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser));
                }
                yield new Value.ListOf(items);
            }
            case VALUE_STRING -> Value.of(parser.getString());
            case VALUE_NUMBER_INT -> readInteger(parser);
            case VALUE_NUMBER_FLOAT -> Value.of(parser.getDoubleValue());
            case VALUE_TRUE -> Value.of(true);
            case VALUE_FALSE -> Value.of(false);
            case VALUE_NULL -> Value.Null.NULL;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalArgumentException("no JSON value");
        };
    }

    private static Value readInteger(JsonParser parser) {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? Value.of(parser.getDoubleValue())
                : Value.of(parser.getLongValue());
    }

    private static Value readMap(JsonParser parser) {
        Map<String, Value> map = new LinkedHashMap<>();
        boolean artifact = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = Objects.requireNonNull(parser.currentName());
            parser.nextToken();
            Value value = read(parser);
            artifact |= key.equals(ARTIFACT);
            map.put(key.startsWith("$$") ? key.substring(1) : key, value);
        }
        if (!artifact) {
            return new Value.MapOf(map);
        }
        if (map.size() == 1 && map.get(ARTIFACT) instanceof Value.MapOf fields) {
            return artifact(fields);
        }
        throw new IllegalArgumentException(ARTIFACT + " (expected: a map of its fields, alone)");
    }

    private static Value.Artifact artifact(Value.MapOf map) {
        Fields fields = new Fields(map);
        Value.TableInfo table = null;
        if (fields.find("columns") != null) {
            List<Value.Column> columns = new ArrayList<>();
            for (Value column : fields.list("columns")) {
                if (column instanceof Value.ListOf(var pair)
                        && pair.size() == 2
                        && pair.get(0) instanceof Value.Text(String name)
                        && pair.get(1) instanceof Value.Text(String type)) {
                    columns.add(new Value.Column(name, type));
                } else {
                    throw new IllegalArgumentException("columns (expected: [name, type] pairs)");
                }
            }
            table = new Value.TableInfo(columns, fields.integer("rows"));
        }
        return new Value.Artifact(
                new Digest(fields.text("digest")),
                fields.integer("bytes"),
                fields.text("mediaType"),
                fields.text("name"),
                table);
    }

    /** A map from outside, read field by field; what is missing or of another kind is told. */
    record Fields(Value.MapOf map) {
        @Nullable Value find(String name) {
            Value value = map.find(name);
            return value instanceof Value.Null ? null : value;
        }

        String text(String name) {
            return find(name) instanceof Value.Text(String text) ? text : wrong(name, "a string");
        }

        @Nullable String textOrNull(String name) {
            return find(name) == null ? null : text(name);
        }

        long integer(String name) {
            return find(name) instanceof Value.Int(long number)
                    ? number
                    : wrong(name, "an integer");
        }

        int smallInteger(String name) {
            return Math.toIntExact(integer(name));
        }

        double number(String name) {
            return switch (find(name)) {
                case Value.Int(long number) -> number;
                case Value.Dec(double number) -> number;
                case null, default -> wrong(name, "a number");
            };
        }

        List<Value> list(String name) {
            return find(name) instanceof Value.ListOf(var items) ? items : wrong(name, "a list");
        }

        Map<String, Value> map(String name) {
            return find(name) instanceof Value.MapOf(var entries) ? entries : wrong(name, "a map");
        }

        private <T> T wrong(String name, String expected) {
            throw new IllegalArgumentException(name + " (expected: " + expected + ")");
        }
    }
}
