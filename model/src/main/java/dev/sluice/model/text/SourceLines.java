package dev.sluice.model.text;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** The lines of a text, to find where the characters of a scalar stand. */
final class SourceLines {
    private final String text;
    private final int[] starts;

    SourceLines(String text) {
        this.text = text;
        int[] found = new int[64];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isBreak =
                    c == '\n'
                            || (c == '\r'
                                    && (i + 1 == text.length() || text.charAt(i + 1) != '\n'));
            if (isBreak) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2);
                }
                found[count++] = i + 1;
            }
        }
        starts = Arrays.copyOf(found, count);
    }

    /** The first line longer than this, counted from 1, or 0. */
    int firstLongerThan(int chars) {
        for (int i = 0; i < starts.length; i++) {
            int end = i + 1 == starts.length ? text.length() : starts[i + 1];
            if (end - starts[i] > chars) {
                return i + 1;
            }
        }
        return 0;
    }

    /** The place of a code point, counted from 0. */
    Mark markOf(int codePoint) {
        int offset = text.offsetByCodePoints(0, Math.min(codePoint, text.length()));
        int line = Arrays.binarySearch(starts, offset);
        line = line < 0 ? -line - 2 : line;
        return new Mark(line + 1, offset - starts[line] + 1);
    }

    /** The line without its break, counted from 1; empty beyond the end. */
    String line(int number) {
        if (number < 1 || number > starts.length) {
            return "";
        }
        int end = number == starts.length ? text.length() : starts[number];
        return text.substring(starts[number - 1], end).stripTrailing();
    }

    /** What to say if an expression on this line stands unquoted, or nothing. */
    String quoteHint(int number) {
        String line = line(number);
        int at = line.indexOf("${{");
        if (at < 0) {
            return "";
        }
        String before = line.substring(0, at);
        boolean quoted =
                before.chars().filter(c -> c == '"').count() % 2 == 1
                        || before.chars().filter(c -> c == '\'').count() % 2 == 1;
        return quoted
                ? ""
                : "YAML misreads the expression on this line: write it in quotes, \"${{ … }}\" or"
                        + " '${{ … }}'";
    }

    /**
     * Where the parts of a scalar stand.
     *
     * @param start of the scalar, its quote or block sign included
     * @param end behind its last character
     */
    List<Node.Place> places(String value, ScalarStyle style, Mark start, Mark end) {
        if (style == ScalarStyle.PLAIN && start.line() == end.line()) {
            return List.of(new Node.Place(0, start));
        }
        return switch (style) {
            case PLAIN -> byLine(value, start, end);
            case LITERAL, FOLDED -> byLine(value, new Mark(start.line() + 1, 1), end);
            case SINGLE_QUOTED, DOUBLE_QUOTED, JSON_SCALAR_STYLE -> quoted(value, start, end);
        };
    }

    /** Finds each line of the source, without its indentation, in the value. */
    private List<Node.Place> byLine(String value, Mark start, Mark end) {
        List<Node.Place> places = new ArrayList<>();
        int at = 0;
        for (int number = start.line(); number <= end.line(); number++) {
            String line = line(number);
            int from = number == start.line() ? Math.min(start.column() - 1, line.length()) : 0;
            int to = number == end.line() ? Math.min(end.column() - 1, line.length()) : -1;
            String part = line.substring(from, Math.max(from, to < 0 ? line.length() : to));
            String content = part.strip();
            if (content.isEmpty()) {
                continue;
            }
            while (at < value.length() && Character.isWhitespace(value.charAt(at))) {
                at++;
            }
            if (!value.startsWith(content, at)) {
                break;
            }
            int column = from + part.indexOf(content) + 1;
            places.add(new Node.Place(at, new Mark(number, column)));
            at += content.length();
        }
        return places;
    }

    /** Walks source and value together, a new place after every escape and line break. */
    private List<Node.Place> quoted(String value, Mark start, Mark end) {
        List<Node.Place> places = new ArrayList<>();
        int line = start.line();
        int column = start.column() + 1;
        String source = line(line);
        boolean doubled =
                source.length() >= start.column() && source.charAt(start.column() - 1) == '"';
        places.add(new Node.Place(0, new Mark(line, column)));
        int at = 0;
        while (at < value.length()) {
            if (column > source.length()) {
                if (++line > end.line()) {
                    break;
                }
                source = line(line);
                column = source.length() - source.stripLeading().length() + 1;
                at = skipSpace(value, at);
                places.add(new Node.Place(at, new Mark(line, column)));
                continue;
            }
            int taken = escapeLength(source, column - 1, doubled);
            column += taken;
            if (taken > 1 && column <= source.length() + 1) {
                boolean pair =
                        taken == 10
                                && at + 1 < value.length()
                                && Character.isSurrogatePair(
                                        value.charAt(at), value.charAt(at + 1));
                places.add(new Node.Place(at + (pair ? 2 : 1), new Mark(line, column)));
                at += pair ? 2 : 1;
            } else {
                at++;
            }
        }
        return places;
    }

    private static int skipSpace(String value, int at) {
        int next = at;
        while (next < value.length() && Character.isWhitespace(value.charAt(next))) {
            next++;
        }
        return next;
    }

    /** How many source characters make the one character that stands here. */
    private static int escapeLength(String source, int at, boolean doubled) {
        char c = source.charAt(at);
        if (!doubled) {
            return c == '\'' ? 2 : 1;
        }
        if (c != '\\' || at + 1 >= source.length()) {
            return 1;
        }
        return switch (source.charAt(at + 1)) {
            case 'x' -> 4;
            case 'u' -> 6;
            case 'U' -> 10;
            default -> 2;
        };
    }
}
