package dev.sluice.tasks.document;

/**
 * Markup that this module has made itself: the only text that enters a document unescaped.
 *
 * @param markup well-formed, with everything foreign in it escaped
 */
record Html(String markup) {

    /** Text as it may stand between tags and in quoted attributes. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                case '`' -> out.append("&#96;");
                default -> out.append(isText(text, i) ? c : '\ufffd');
            }
        }
        return out.toString();
    }

    /** Whether XML 1.0 and UTF-8 have this character: no control characters, no half pairs. */
    private static boolean isText(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        }
        return c >= ' ' ? c < '\ufffe' : c == '\n' || c == '\t';
    }

    /** At most this many characters, with a sign where something was cut. */
    static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max - 1) + "…";
    }

    @Override
    public String toString() {
        return markup;
    }
}
