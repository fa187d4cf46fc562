package dev.sluice.tasks.http;

import dev.sluice.model.Value;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Values to and from JSON (RFC 8259). */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** UTF-8; an artifact is written as the map that expressions see. */
    static byte[] write(Value value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(value, generator);
        }
        return out.toByteArray();
    }

    private static void write(Value value, JsonGenerator out) {
        switch (value) {
            case Value.Null _ -> out.writeNull();
            case Value.Bool b -> out.writeBoolean(b.value());
            case Value.Int i -> out.writeNumber(i.value());
            case Value.Dec d -> out.writeNumber(d.value());
            case Value.Text t -> out.writeString(t.value());
            case Value.ListOf l -> {
                out.writeStartArray();
                l.items().forEach(x -> write(x, out));
                out.writeEndArray();
            }
            case Value.MapOf m -> {
                out.writeStartObject();
                m.entries()
                        .forEach((k, v) -> {
                            out.writeName(k);
                            write(v, out);
                        });
                out.writeEndObject();
            }
            case Value.Artifact a -> write(Value.ofJava(a.toJava()), out);
        }
    }

    /** The value of one JSON text, or null if it is none or holds a number that no value can. */
    static @Nullable Value read(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                return null;
            }
            Value value = read(parser);
            return parser.nextToken() == null ? value : null;
        } catch (JacksonException | IllegalArgumentException e) {
            return null;
        }
    }

    private static Value read(JsonParser in) {
        return switch (in.currentToken()) {
            case START_OBJECT -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                for (String name = in.nextName(); name != null; name = in.nextName()) {
                    in.nextToken();
                    entries.put(name, read(in));
                }
                yield new Value.MapOf(entries);
            }
            case START_ARRAY -> {
                List<Value> items = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(in));
                }
                yield new Value.ListOf(items);
            }
            case VALUE_STRING -> Value.of(in.getString());
            case VALUE_NUMBER_INT -> integer(in.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> Value.of(in.getDoubleValue());
            case VALUE_TRUE -> Value.of(true);
            case VALUE_FALSE -> Value.of(false);
            case VALUE_NULL -> Value.Null.NULL;
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalArgumentException("a value was expected");
        };
    }

    private static Value integer(BigInteger number) {
        return number.bitLength() < Long.SIZE
                ? Value.of(number.longValue())
                : Value.of(number.doubleValue());
    }
}
