package dev.sluice.engine;

import dev.sluice.model.Digest;
import dev.sluice.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The reading half of {@link EventCodec}. */
final class ByteReader {
    private final byte[] bytes;
    private int position;

    ByteReader(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasMore() {
        return position < bytes.length;
    }

    boolean bool() {
        return next() != 0;
    }

    int int32() {
        return Math.toIntExact(number());
    }

    long number() {
        long raw = 0;
        int shift = 0;
        while (true) {
            int b = next();
            raw |= (long) (b & 0x7F) << shift;
            if ((b & 0x80) == 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
            shift += 7;
            if (shift > 63) {
                throw damaged();
            }
        }
    }

    String text() {
        int size = size();
        String text = new String(bytes, position, size, StandardCharsets.UTF_8);
        position += size;
        return text;
    }

    Map<String, Value> values() {
        int count = size();
        if (count == 0) {
            return Map.of();
        }
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = text();
            values.put(key, value());
        }
        return values;
    }

    Map<String, Double> decimals() {
        int count = size();
        Map<String, Double> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = text();
            values.put(name, decimal());
        }
        return values;
    }

    private double decimal() {
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            bits = (bits << 8) | next();
        }
        return Double.longBitsToDouble(bits);
    }

    List<Value> list() {
        int count = size();
        List<Value> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(value());
        }
        return values;
    }

    private Value value() {
        return switch (int32()) {
            case 0 -> Value.Null.NULL;
            case 1 -> new Value.Bool(false);
            case 2 -> new Value.Bool(true);
            case 3 -> new Value.Int(number());
            case 4 -> new Value.Dec(decimal());
            case 5 -> new Value.Text(text());
            case 6 -> new Value.ListOf(list());
            case 7 -> new Value.MapOf(values());
            case 8 -> artifact();
            default -> throw damaged();
        };
    }

    private Value.Artifact artifact() {
        Digest digest = new Digest(text());
        long size = number();
        String mediaType = text();
        String name = text();
        Value.TableInfo table = null;
        if (bool()) {
            long rows = number();
            int count = size();
            List<Value.Column> columns = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                columns.add(new Value.Column(text(), text()));
            }
            table = new Value.TableInfo(columns, rows);
        }
        return new Value.Artifact(digest, size, mediaType, name, table);
    }

    /** A count that the bytes left can hold: a damaged one must not reserve memory. */
    private int size() {
        long size = number();
        if (size < 0 || size > bytes.length - position) {
            throw damaged();
        }
        return (int) size;
    }

    private int next() {
        if (position >= bytes.length) {
            throw damaged();
        }
        return bytes[position++] & 0xFF;
    }

    private static IllegalArgumentException damaged() {
        return new IllegalArgumentException(
                "a journal payload is damaged; restore the data directory from a backup");
    }
}
