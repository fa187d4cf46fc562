package dev.sluice.tasks.document;

import java.util.ArrayList;
import java.util.List;

/** A drawing under construction: the frame that all charts share, and where their marks go. */
final class Svg {
    static final double WIDTH = 720;
    private static final double LINE = 20;
    private static final double FONT = 12;

    private final StringBuilder out = new StringBuilder();

    /** A coordinate, to a tenth of a pixel. */
    static String n(double coordinate) {
        long tenths = Math.round(coordinate * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
    }

    /** About how wide a text is in the charts' font. */
    static double width(String text) {
        double width = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isNarrow = "iIl.,:;|!'()[] ".indexOf(c) >= 0;
            width += isNarrow ? 0.33 : Character.isUpperCase(c) || c > 0x2000 ? 0.72 : 0.57;
        }
        return width * FONT;
    }

    void raw(String markup) {
        out.append(markup);
    }

    void text(String style, double x, double y, String anchor, String text) {
        out.append("<text class=\"")
                .append(style)
                .append("\" x=\"")
                .append(n(x))
                .append("\" y=\"")
                .append(n(y))
                .append("\" text-anchor=\"")
                .append(anchor)
                .append("\">")
                .append(Html.escape(text))
                .append("</text>\n");
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        out.append("<line class=\"")
                .append(style)
                .append("\" x1=\"")
                .append(n(x1))
                .append("\" y1=\"")
                .append(n(y1))
                .append("\" x2=\"")
                .append(n(x2))
                .append("\" y2=\"")
                .append(n(y2))
                .append("\"/>\n");
    }

    /** A bar that tells its value when pointed at. */
    void bar(int series, double x, double y, double width, double height, String tip) {
        out.append("<rect class=\"")
                .append(Palette.style(series))
                .append("\" x=\"")
                .append(n(x))
                .append("\" y=\"")
                .append(n(y))
                .append("\" width=\"")
                .append(n(Math.max(0.5, width)))
                .append("\" height=\"")
                .append(n(Math.max(0.5, height)))
                .append("\"><title>")
                .append(Html.escape(tip))
                .append("</title></rect>\n");
    }

    /**
     * What the names of the series stand beside; nothing for a single one.
     *
     * @return the height it took
     */
    double legend(List<String> names, boolean isMarker) {
        if (names.size() < 2) {
            return 0;
        }
        double x = 0;
        double y = 14;
        for (int i = 0; i < names.size(); i++) {
            String name = Html.cut(names.get(i), 30);
            double needed = 18 + width(name) + 20;
            if (x > 0 && x + needed > WIDTH) {
                x = 0;
                y += LINE;
            }
            swatch(i, x, y, isMarker);
            text("sl-legend", x + 18, y, "start", name);
            x += needed;
        }
        return y + 12;
    }

    private void swatch(int series, double x, double y, boolean isMarker) {
        String style = Palette.style(series);
        if (isMarker) {
            out.append(Palette.marker(series, x + 7, y - 4, 5))
                    .append(" class=\"")
                    .append(style)
                    .append("\"/>\n");
        } else {
            out.append("<rect class=\"")
                    .append(style)
                    .append("\" x=\"")
                    .append(n(x))
                    .append("\" y=\"")
                    .append(n(y - 10))
                    .append("\" width=\"12\" height=\"12\" rx=\"2\"/>\n");
        }
    }

    /**
     * The inside of the axes, in pixels from the upper left.
     *
     * @param bottom of the plot, where the lower axis lies
     */
    record Frame(double left, double top, double right, double bottom) {}

    /** Room for a plot whose left axis has these labels. */
    static Frame frame(List<String> leftLabels, boolean hasLeftTitle, double top, double height) {
        double widest = leftLabels.stream().mapToDouble(Svg::width).max().orElse(0);
        double left = Math.min(240, widest + 12) + (hasLeftTitle ? 22 : 4);
        return new Frame(left, top + 10, WIDTH - 18, top + 10 + height);
    }

    /** Horizontal lines with their values, and the title of the left axis. */
    void leftAxis(Frame frame, Ticks ticks, String title) {
        for (Ticks.Tick tick : ticks.ticks()) {
            double y = ticks.at(tick.at(), frame.bottom(), frame.top());
            line("sl-grid", frame.left(), y, frame.right(), y);
            text("sl-tick", frame.left() - 8, y + 4, "end", tick.label());
        }
        leftTitle(frame, title);
    }

    void leftTitle(Frame frame, String title) {
        if (!title.isEmpty()) {
            double y = (frame.top() + frame.bottom()) / 2;
            out.append(
                            "<text class=\"sl-axis-title\" text-anchor=\"middle\" transform=\"translate(13 ")
                    .append(n(y))
                    .append(") rotate(-90)\">")
                    .append(Html.escape(Html.cut(title, 60)))
                    .append("</text>\n");
        }
    }

    /** Ticks below the lower axis and its title. */
    void lowerAxis(Frame frame, Ticks ticks, String title, boolean hasGrid) {
        double free = -1;
        for (Ticks.Tick tick : ticks.ticks()) {
            double x = ticks.at(tick.at(), frame.left(), frame.right());
            if (hasGrid) {
                line("sl-grid", x, frame.top(), x, frame.bottom());
            } else {
                line("sl-axis", x, frame.bottom(), x, frame.bottom() + 4);
            }
            double half = width(tick.label()) / 2;
            if (x - half > free) {
                text("sl-tick", x, frame.bottom() + 18, "middle", tick.label());
                free = x + half + 4;
            }
        }
        lowerTitle(frame, title);
    }

    void lowerTitle(Frame frame, String title) {
        if (!title.isEmpty()) {
            text(
                    "sl-axis-title",
                    (frame.left() + frame.right()) / 2,
                    frame.bottom() + 38,
                    "middle",
                    Html.cut(title, 90));
        }
    }

    /** The whole element. Its size follows the page; its colours follow the style sheet. */
    String finish(String id, String title, String description, Frame frame, boolean hasLowerTitle) {
        double height = frame.bottom() + (hasLowerTitle ? 48 : 28);
        List<String> parts = new ArrayList<>();
        parts.add(
                "<svg class=\"sl-svg\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""
                        + " viewBox=\"0 0 "
                        + n(WIDTH)
                        + " "
                        + n(height)
                        + "\""
                        + " aria-labelledby=\""
                        + id
                        + "-title "
                        + id
                        + "-desc\">");
        parts.add("<title id=\"" + id + "-title\">" + Html.escape(title) + "</title>");
        parts.add("<desc id=\"" + id + "-desc\">" + Html.escape(description) + "</desc>");
        parts.add(out.toString());
        parts.add("</svg>\n");
        return String.join("\n", parts);
    }
}
