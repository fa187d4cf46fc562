package dev.sluice.graph;

import java.util.Locale;

/** SVG's few elements, with numbers of at most one decimal and every text escaped. */
final class Canvas {
    private final StringBuilder out = new StringBuilder(1 << 14);

    /** Markup that no author's text is part of. */
    Canvas raw(String markup) {
        out.append(markup);
        return this;
    }

    Canvas rect(double x, double y, double width, double height, double radius, String classes) {
        out.append("<rect x=\"").append(number(x)).append("\" y=\"").append(number(y));
        out.append("\" width=\"").append(number(width)).append("\" height=\"");
        out.append(number(height)).append("\" rx=\"").append(number(radius));
        out.append("\" class=\"").append(classes).append("\"/>");
        return this;
    }

    Canvas text(double x, double y, String classes, String text) {
        out.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y));
        out.append("\" class=\"").append(classes).append("\">");
        out.append(Texts.xml(text)).append("</text>");
        return this;
    }

    Canvas tooltip(String text) {
        out.append("<title>").append(Texts.xml(text)).append("</title>");
        return this;
    }

    Canvas path(String data, String attributes) {
        out.append("<path d=\"").append(data).append("\" ").append(attributes).append("/>");
        return this;
    }

    Canvas use(String symbol, double x, double y, double size, String classes) {
        out.append("<use href=\"#sluice-").append(symbol).append("\" x=\"").append(number(x));
        out.append("\" y=\"").append(number(y)).append("\" width=\"").append(number(size));
        out.append("\" height=\"").append(number(size)).append("\" class=\"").append(classes);
        out.append("\"/>");
        return this;
    }

    /** A pill with its text; answers its width. */
    double pill(double x, double y, String text, String background, String ink) {
        double width = pillWidth(text);
        rect(x, y, width, 18, 9, background);
        text(x + 8, y + 12.8, ink, text);
        return width;
    }

    static double pillWidth(String text) {
        return Texts.width(text, 10.5, false) + 16;
    }

    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
