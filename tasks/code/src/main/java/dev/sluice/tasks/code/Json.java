package dev.sluice.tasks.code;

import dev.sluice.model.Value;
import java.io.StringWriter;
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
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Strict JSON (RFC 8259) as values, and back. What it reads comes from user code: depth and sizes
 * are bounded, and nothing is guessed.
 */
final class Json {
    private static final int MAX_DEPTH = 100;
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNumberLength(400)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private Json() {}

    /**
     * @throws JsonException if the text is not one JSON value, is nested too deep, or holds an
     *     integer beyond 64 bits
     */
    static Value read(String text) throws JsonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            Value value = value(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw new JsonException("something follows the JSON value");
            }
            return value;
        } catch (JacksonException e) {
            // The parser quotes what it read: that may be anything, of any length.
            String message = LineSplitter.printable(String.valueOf(e.getOriginalMessage()));
            throw new JsonException(message.substring(0, Math.min(message.length(), 300)));
        }
    }

    // Recursion is bounded by the parser's own nesting limit.
    private static Value value(JsonParser parser, @Nullable JsonToken token) throws JsonException {
        return switch (token) {
            case null -> throw new JsonException("the JSON ends too early");
            case VALUE_NULL -> Value.Null.NULL;
            case VALUE_TRUE -> Value.of(true);
            case VALUE_FALSE -> Value.of(false);
            case VALUE_STRING -> Value.of(parser.getString());
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> fraction(parser);
            case START_ARRAY -> {
                List<Value> items = new ArrayList<>();
                for (JsonToken next = parser.nextToken();
                        next != JsonToken.END_ARRAY;
                        next = parser.nextToken()) {
                    items.add(value(parser, next));
                }
                yield new Value.ListOf(items);
            }
            case START_OBJECT -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    entries.put(name, value(parser, parser.nextToken()));
                }
                yield new Value.MapOf(entries);
            }
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
                    throw new JsonException("a value is missing");
        };
    }

    private static Value integer(JsonParser parser) throws JsonException {
        BigInteger number = parser.getBigIntegerValue();
        if (number.bitLength() > 63) {
            throw new JsonException("an integer is beyond 64 bits; hand it over as text");
        }
        return Value.of(number.longValue());
    }

    private static Value fraction(JsonParser parser) throws JsonException {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw new JsonException("a number is beyond the range of a double");
        }
        return Value.of(number);
    }

    /** The JSON of plain Java data, as {@link Value#toJava} makes it. */
    static String write(@Nullable Object java) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(generator, java);
        }
        return out.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object java) {
        switch (java) {
            case null -> out.writeNull();
            case Boolean b -> out.writeBoolean(b);
            case Integer i -> out.writeNumber(i);
            case Long l -> out.writeNumber(l);
            case Double d -> out.writeNumber(d);
            case List<?> list -> {
                out.writeStartArray();
                list.forEach(item -> write(out, item));
                out.writeEndArray();
            }
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((key, item) -> {
                    out.writeName(String.valueOf(key));
                    write(out, item);
                });
                out.writeEndObject();
            }
            default -> out.writeString(java.toString());
        }
    }

    /** Text that is not the JSON it should be; the message says how, without a place. */
    static final class JsonException extends Exception {
        private static final long serialVersionUID = 1;

        JsonException(String message) {
            super(message);
        }
    }
}
