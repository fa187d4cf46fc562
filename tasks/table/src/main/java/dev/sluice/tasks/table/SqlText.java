package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A query with expressions in it: texts and, between them, holes. For parsing a hole is the
 * parameter {@code $p0}, {@code $p1}…; for running it is a literal, and only where the parser saw
 * that parameter: inside quotes or a comment a hole would turn a value into code, so it is refused.
 *
 * @param texts one more than there are holes
 * @param starts where each text begins in the flow's text; empty where that is not known
 */
record SqlText(List<String> texts, List<Integer> starts) {
    SqlText {
        texts = List.copyOf(texts);
        starts = List.copyOf(starts);
    }

    /** The query as it is written in the flow. */
    static SqlText written(String query) {
        List<String> texts = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        int from = 0;
        for (int open = query.indexOf("${{"); open >= 0; open = query.indexOf("${{", from)) {
            int close = expressionEnd(query, open + 3);
            texts.add(query.substring(from, open));
            starts.add(from);
            from = close;
        }
        texts.add(query.substring(from));
        starts.add(from);
        return new SqlText(texts, starts);
    }

    /** Behind the {@code }}} that ends an expression; braces in CEL's strings do not count. */
    private static int expressionEnd(String query, int start) {
        char quote = 0;
        for (int i = start; i < query.length(); i++) {
            char c = query.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (query.startsWith("}}", i)) {
                return i + 2;
            }
        }
        return query.length();
    }

    /** The query as a task gets it: a text, or text and results in turn. */
    static SqlText resolved(Value query) {
        if (query instanceof Value.ListOf parts) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < parts.items().size(); i += 2) {
                texts.add(text(parts.items().get(i)));
            }
            if (parts.items().size() % 2 == 0) {
                texts.add("");
            }
            return new SqlText(texts, List.of());
        }
        return new SqlText(List.of(text(query)), List.of(0));
    }

    static List<Value> holes(Value query) {
        List<Value> holes = new ArrayList<>();
        if (query instanceof Value.ListOf parts) {
            for (int i = 1; i < parts.items().size(); i += 2) {
                holes.add(parts.items().get(i));
            }
        }
        return holes;
    }

    private static String text(Value value) {
        return value instanceof Value.Text t ? t.value() : String.valueOf(value.toJava());
    }

    int holeCount() {
        return texts.size() - 1;
    }

    /** The query with a parameter in each hole. */
    String parsable() {
        StringBuilder out = new StringBuilder(texts.getFirst());
        for (int i = 0; i < holeCount(); i++) {
            out.append(parameter(i)).append(texts.get(i + 1));
        }
        return out.toString();
    }

    /** Between blanks, so that it neither joins nor is joined by what stands beside it. */
    private static String parameter(int hole) {
        return " $p" + hole + " ";
    }

    /** Where in the bytes of {@link #parsable} each hole's parameter stands. */
    List<Integer> parameterOffsets() {
        List<Integer> offsets = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < holeCount(); i++) {
            offset += texts.get(i).getBytes(StandardCharsets.UTF_8).length;
            offsets.add(offset + 1);
            offset += parameter(i).length();
        }
        return offsets;
    }

    /** The place in the flow's text of a place in {@link #parsable}. */
    int writtenOffset(int parsableOffset) {
        int offset = 0;
        for (int i = 0; i < holeCount(); i++) {
            int length = texts.get(i).length();
            if (parsableOffset <= offset + length) {
                return starts.get(i) + Math.max(0, parsableOffset - offset);
            }
            offset += length + parameter(i).length();
        }
        return starts.getLast() + Math.clamp(parsableOffset - offset, 0, texts.getLast().length());
    }

    /** The query with values in its holes. Only for what {@link SqlParser} has let through. */
    String filled(List<Value> values) throws TaskException {
        StringBuilder out = new StringBuilder(texts.getFirst());
        for (int i = 0; i < holeCount(); i++) {
            out.append(' ').append(Sql.literal(values.get(i))).append(' ').append(texts.get(i + 1));
        }
        return out.toString();
    }
}
