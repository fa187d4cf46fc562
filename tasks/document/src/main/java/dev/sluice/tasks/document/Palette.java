package dev.sluice.tasks.document;

/**
 * The colours of series, told apart by people who see colours differently (after Okabe and Ito,
 * "Color Universal Design", 2008); the style sheet has them, for light and dark. Markers and dashes
 * tell series apart where colours are not seen at all.
 */
final class Palette {
    static final int SERIES_MAX = 6;

    private Palette() {}

    /** The class that gives a shape its series' colour. */
    static String style(int series) {
        return "sl-s" + (series % SERIES_MAX + 1);
    }

    /** A mark of its own for each series, about a point. */
    static String marker(int series, double x, double y, double r) {
        String cx = Svg.n(x);
        String cy = Svg.n(y);
        return switch (series % SERIES_MAX) {
            case 0 -> "<circle cx=\"" + cx + "\" cy=\"" + cy + "\" r=\"" + Svg.n(r) + "\"";
            case 1 ->
                    "<rect x=\""
                            + Svg.n(x - r * 0.9)
                            + "\" y=\""
                            + Svg.n(y - r * 0.9)
                            + "\" width=\""
                            + Svg.n(r * 1.8)
                            + "\" height=\""
                            + Svg.n(r * 1.8)
                            + "\"";
            case 2 -> path(x, y - r * 1.2, r * 1.15, r * 2, -r * 1.15, r * 2);
            case 3 ->
                    "<path d=\"M"
                            + cx
                            + " "
                            + Svg.n(y - r * 1.3)
                            + "L"
                            + Svg.n(x + r * 1.3)
                            + " "
                            + cy
                            + "L"
                            + cx
                            + " "
                            + Svg.n(y + r * 1.3)
                            + "L"
                            + Svg.n(x - r * 1.3)
                            + " "
                            + cy
                            + "Z\"";
            case 4 -> path(x, y + r * 1.2, r * 1.15, -r * 2, -r * 1.15, -r * 2);
            default ->
                    "<path d=\"M"
                            + Svg.n(x - r)
                            + " "
                            + Svg.n(y - r * 0.4)
                            + "h"
                            + Svg.n(r * 2)
                            + "v"
                            + Svg.n(r * 0.8)
                            + "h"
                            + Svg.n(-r * 2)
                            + "Z\"";
        };
    }

    private static String path(double x, double y, double ax, double ay, double bx, double by) {
        return "<path d=\"M"
                + Svg.n(x)
                + " "
                + Svg.n(y)
                + "L"
                + Svg.n(x + ax)
                + " "
                + Svg.n(y + ay)
                + "L"
                + Svg.n(x + bx)
                + " "
                + Svg.n(y + by)
                + "Z\"";
    }
}
