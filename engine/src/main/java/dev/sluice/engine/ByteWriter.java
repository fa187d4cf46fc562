package dev.sluice.engine;

import dev.sluice.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Grows a byte array; the writing half of {@link EventCodec}. */
final class ByteWriter {
    private byte[] bytes = new byte[128];
    private int length;

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    ByteWriter tag(int tag, long delta) {
        return number(tag).number(delta);
    }

    ByteWriter attempt(int task, int item, int attempt) {
        return number(task).number(item).number(attempt);
    }

    ByteWriter bool(boolean value) {
        room(1);
        bytes[length++] = (byte) (value ? 1 : 0);
        return this;
    }

    /** Zigzag, then seven bits a byte, low ones first. */
    ByteWriter number(long value) {
        room(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    ByteWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        room(utf8.length);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        return this;
    }

    ByteWriter values(Map<String, Value> values) {
        number(values.size());
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            text(entry.getKey());
            value(entry.getValue());
        }
        return this;
    }

    ByteWriter decimals(Map<String, Double> values) {
        number(values.size());
        values.forEach((name, value) -> text(name).decimal(value));
        return this;
    }

    /** The eight bytes of IEEE 754, high ones first. */
    private ByteWriter decimal(double value) {
        room(8);
        long bits = Double.doubleToRawLongBits(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (bits >>> shift);
        }
        return this;
    }

    ByteWriter list(List<Value> values) {
        number(values.size());
        for (Value value : values) {
            value(value);
        }
        return this;
    }

    private void value(Value value) {
        switch (value) {
            case Value.Null _ -> number(0);
            case Value.Bool b -> number(b.value() ? 2 : 1);
            case Value.Int i -> number(3).number(i.value());
            case Value.Dec d -> number(4).decimal(d.value());
            case Value.Text t -> number(5).text(t.value());
            case Value.ListOf l -> number(6).list(l.items());
            case Value.MapOf m -> number(7).values(m.entries());
            case Value.Artifact a -> artifact(a);
        }
    }

    private void artifact(Value.Artifact a) {
        number(8).text(a.digest().hex()).number(a.bytes()).text(a.mediaType()).text(a.name());
        bool(a.table() != null);
        if (a.table() != null) {
            number(a.table().rows()).number(a.table().columns().size());
            for (Value.Column column : a.table().columns()) {
                text(column.name()).text(column.type());
            }
        }
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
