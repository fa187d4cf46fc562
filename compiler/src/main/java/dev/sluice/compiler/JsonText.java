package dev.sluice.compiler;

import dev.sluice.model.Value;
import java.util.Map;

/** Values as JSON (RFC 8259), and as they appear in the midst of a text. */
final class JsonText {
    private JsonText() {}

    /** A text as it is, null as nothing, everything else as JSON. */
    static String inText(Value value) {
        return switch (value) {
            case Value.Text t -> t.value();
            case Value.Null _ -> "";
            case Value.Bool _,
                    Value.Int _,
                    Value.Dec _,
                    Value.ListOf _,
                    Value.MapOf _,
                    Value.Artifact _ -> {
                StringBuilder out = new StringBuilder();
                write(value, out);
                yield out.toString();
            }
        };
    }

    private static void write(Value value, StringBuilder out) {
        switch (value) {
            case Value.Null _ -> out.append("null");
            case Value.Bool b -> out.append(b.value());
            case Value.Int i -> out.append(i.value());
            case Value.Dec d -> out.append(d.value());
            case Value.Text t -> string(t.value(), out);
            case Value.ListOf l -> {
                out.append('[');
                String comma = "";
                for (Value item : l.items()) {
                    out.append(comma);
                    write(item, out);
                    comma = ",";
                }
                out.append(']');
            }
            case Value.MapOf m -> {
                out.append('{');
                String comma = "";
                for (Map.Entry<String, Value> entry : m.entries().entrySet()) {
                    out.append(comma);
                    string(entry.getKey(), out);
                    out.append(':');
                    write(entry.getValue(), out);
                    comma = ",";
                }
                out.append('}');
            }
            case Value.Artifact a -> write(Value.ofJava(a.toJava()), out);
        }
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
