package dev.sluice.graph;

/** Text as it is drawn: cleaned, measured, cut and escaped. */
final class Texts {
    /**
     * Advance widths of the printable ASCII characters in Helvetica, in thousandths of the font
     * size (Adobe's font metrics). The usual interface faces are within a few percent.
     */
    private static final int[] HELVETICA = {
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
        556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722,
        722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
        667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
        556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
        500, 334, 260, 334, 584
    };

    private static final double SLACK = 1.06;
    private static final double MONO_EM = 0.605;

    private Texts() {}

    /**
     * One line without what could hide or reverse other text: controls, line breaks, bidirectional
     * overrides, halves of surrogate pairs.
     */
    static String clean(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    switch (Character.getType(c)) {
                        case Character.CONTROL,
                                Character.LINE_SEPARATOR,
                                Character.PARAGRAPH_SEPARATOR ->
                                out.append(' ');
                        case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> {}
                        default -> out.appendCodePoint(c);
                    }
                });
        return out.toString();
    }

    /** Width in pixels, rather a little too much than too little. */
    static double width(String text, double fontPixels, boolean mono) {
        double ems = text.codePoints().mapToDouble(c -> ems(c, mono)).sum();
        return ems * fontPixels * (mono ? 1 : SLACK);
    }

    private static double ems(int c, boolean mono) {
        if (c >= ' ' && c < 127) {
            return mono ? MONO_EM : HELVETICA[c - ' '] / 1000.0;
        }
        boolean narrow = c < 0x1100;
        return narrow ? 0.65 : 1.05;
    }

    /** The text, or as much of its start as fits before an ellipsis. */
    static String fit(String text, double pixels, double fontPixels, boolean mono) {
        String clean = clean(text);
        if (width(clean, fontPixels, mono) <= pixels) {
            return clean;
        }
        StringBuilder kept = new StringBuilder();
        double room = pixels - width("…", fontPixels, mono);
        for (int c : clean.codePoints().toArray()) {
            room -= ems(c, mono) * fontPixels * (mono ? 1 : SLACK);
            if (room < 0) {
                break;
            }
            kept.appendCodePoint(c);
        }
        return kept.toString().stripTrailing() + "…";
    }

    /** For XML text and attribute values alike. */
    static String xml(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        clean(text)
                .codePoints()
                .forEach(c -> {
                    switch (c) {
                        case '&' -> out.append("&amp;");
                        case '<' -> out.append("&lt;");
                        case '>' -> out.append("&gt;");
                        case '"' -> out.append("&quot;");
                        case '\'' -> out.append("&#39;");
                        default -> {
                            if (isXml(c)) {
                                out.appendCodePoint(c);
                            }
                        }
                    }
                });
        return out.toString();
    }

    /** The characters XML 1.0 allows (section 2.2). */
    private static boolean isXml(int c) {
        return c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000;
    }
}
