package dev.sluice.compiler;

import java.util.ArrayList;
import java.util.List;

/** Finds {@code ${{ … }}} in a text. */
final class ExpressionText {
    private static final String OPEN = "${{";

    private ExpressionText() {}

    sealed interface Part {
        int offset();
    }

    record Literal(int offset, String text) implements Part {}

    /**
     * @param offset of the first character behind the opening
     * @param text with its white space, so that offsets in it are offsets in the scalar
     */
    record Code(int offset, String text) implements Part {}

    /** An opening without its end. */
    record Unclosed(int offset) implements Part {}

    static boolean hasExpression(String text) {
        return text.contains(OPEN);
    }

    /** The text cut into its parts; literals may be missing between expressions. */
    static List<Part> split(String text) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf(OPEN, at);
            if (open != at) {
                parts.add(new Literal(at, text.substring(at, open < 0 ? text.length() : open)));
            }
            if (open < 0) {
                break;
            }
            int start = open + OPEN.length();
            int end = end(text, start);
            if (end < 0) {
                parts.add(new Unclosed(open));
                break;
            }
            parts.add(new Code(start, text.substring(start, end)));
            at = end + 2;
        }
        return parts;
    }

    /** Where the closing braces stand: not inside a CEL string or map. */
    private static int end(String text, int start) {
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\'') {
                i = stringEnd(text, i);
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && depth > 0) {
                depth--;
            } else if (c == '}' && i + 1 < text.length() && text.charAt(i + 1) == '}') {
                return i;
            }
        }
        return -1;
    }

    private static int stringEnd(String text, int start) {
        char quote = text.charAt(start);
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == quote) {
                return i;
            }
        }
        return text.length();
    }
}
