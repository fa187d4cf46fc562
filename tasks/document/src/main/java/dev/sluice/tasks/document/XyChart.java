package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Points by two numbers: joined by lines in the order of x, or as they are. */
final class XyChart {
    private static final double HEIGHT = 300;

    /** Fewer points than this tell their values when pointed at. */
    private static final int TIPS_MAX = 400;

    /** A line with more points than this has no marks on it. */
    private static final int MARKED_MAX = 40;

    private static final double LABEL_HEIGHT = 15;

    private record Point(double x, double y) {}

    private record Run(String name, List<Point> points) {}

    private final Chart chart;
    private final Table table;
    private final List<String> categories = new ArrayList<>();
    private final boolean isTime;
    private final boolean isCategory;

    private XyChart(Chart chart, Table table) {
        this.chart = chart;
        this.table = table;
        String type = table.type(chart.x());
        this.isTime = Cells.isTime(type);
        this.isCategory = chart.type() == Chart.Type.LINE && !isTime && !Cells.isNumber(type);
    }

    static Drawing draw(Chart chart, Table table) {
        return new XyChart(chart, table).draw();
    }

    private Drawing draw() {
        List<String> notes = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        int missing = 0;
        for (Series series : Series.of(chart, table, notes)) {
            List<Point> points = new ArrayList<>();
            for (Map<String, Value> row : series.rows()) {
                Point point = new Point(x(row), series.value(row, table));
                if (Double.isFinite(point.x()) && Double.isFinite(point.y())) {
                    points.add(point);
                } else {
                    missing++;
                }
            }
            if (chart.type() == Chart.Type.LINE) {
                points.sort(Comparator.comparingDouble(Point::x));
            }
            runs.add(new Run(series.name(), points));
        }
        if (missing > 0) {
            notes.add(Numbers.count(missing) + " points have no number and are not drawn.");
        }
        if (runs.stream().allMatch(r -> r.points().isEmpty())) {
            return Drawing.empty(
                    chart,
                    "Columns " + String.join(", ", chart.columns()) + " have no numbers to draw.");
        }
        return new Drawing(svg(runs), notes, data(runs));
    }

    private double x(Map<String, Value> row) {
        Value cell = row.get(chart.x());
        if (!isCategory) {
            return Cells.number(cell, table.type(chart.x()));
        }
        String text = Cells.text(cell);
        int known = categories.indexOf(text);
        if (known >= 0) {
            return known;
        }
        categories.add(text);
        return categories.size() - 1.0;
    }

    private String svg(List<Run> runs) {
        Svg svg = new Svg();
        boolean isLine = chart.type() == Chart.Type.LINE;
        List<String> names = runs.stream().map(Run::name).toList();
        double top = isLine ? 0 : svg.legend(names, true);
        Ticks left = leftTicks(runs);
        List<String> labels = left.ticks().stream().map(Ticks.Tick::label).toList();
        Svg.Frame frame = Svg.frame(labels, !chart.yTitle().isEmpty(), top + 2, HEIGHT);
        if (isLine && runs.size() > 1) {
            frame = withRoomForNames(frame, names);
        }
        Ticks lower = lowerTicks(runs);
        svg.leftAxis(frame, left, chart.yTitle());
        svg.line("sl-axis", frame.left(), frame.bottom(), frame.right(), frame.bottom());
        svg.lowerAxis(frame, lower, chart.xTitle(), !isLine);
        long total = runs.stream().mapToLong(r -> r.points().size()).sum();
        for (int s = 0; s < runs.size(); s++) {
            if (isLine) {
                line(svg, s, runs.get(s), lower, left, frame);
            }
            if (!isLine || runs.get(s).points().size() <= MARKED_MAX) {
                marks(svg, s, runs.get(s), lower, left, frame, total <= TIPS_MAX);
            }
        }
        if (isLine && runs.size() > 1) {
            nameLines(svg, runs, left, frame);
        }
        return svg.finish(
                Drawing.id(chart),
                chart.title(),
                (isLine ? "Line chart of " : "Scatter plot of ")
                        + String.join(", ", names)
                        + " over "
                        + chart.x()
                        + ", "
                        + Numbers.count(total)
                        + " points. Its numbers are in the table below it.",
                frame,
                !chart.xTitle().isEmpty());
    }

    private static Svg.Frame withRoomForNames(Svg.Frame frame, List<String> names) {
        double widest = names.stream().mapToDouble(n -> Svg.width(shortName(n))).max().orElse(0);
        return new Svg.Frame(frame.left(), frame.top(), frame.right() - widest - 6, frame.bottom());
    }

    private static String shortName(String name) {
        return Html.cut(name, 22);
    }

    /** Each line's name beside its last point, moved apart where they would touch. */
    private static void nameLines(Svg svg, List<Run> runs, Ticks left, Svg.Frame frame) {
        record Label(int series, double y) {}
        List<Label> labels = new ArrayList<>();
        for (int s = 0; s < runs.size(); s++) {
            if (!runs.get(s).points().isEmpty()) {
                double last = runs.get(s).points().getLast().y();
                labels.add(new Label(s, left.at(last, frame.bottom(), frame.top())));
            }
        }
        labels.sort(Comparator.comparingDouble(Label::y));
        double lowest = frame.bottom() - LABEL_HEIGHT * (labels.size() - 1);
        double free = frame.top();
        for (Label label : labels) {
            double y = Math.clamp(label.y(), free, Math.max(free, lowest));
            svg.text(
                    "sl-name " + Palette.style(label.series()),
                    frame.right() + 8,
                    y + 4,
                    "start",
                    shortName(runs.get(label.series()).name()));
            free = y + LABEL_HEIGHT;
            lowest += LABEL_HEIGHT;
        }
    }

    private static void line(
            Svg svg, int series, Run run, Ticks lower, Ticks left, Svg.Frame frame) {
        StringBuilder path = new StringBuilder();
        for (Point p : run.points()) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Svg.n(lower.at(p.x(), frame.left(), frame.right())))
                    .append(' ')
                    .append(Svg.n(left.at(p.y(), frame.bottom(), frame.top())));
        }
        svg.raw("<path class=\"sl-line " + Palette.style(series) + "\" d=\"" + path + "\"/>\n");
    }

    private void marks(
            Svg svg,
            int series,
            Run run,
            Ticks lower,
            Ticks left,
            Svg.Frame frame,
            boolean hasTips) {
        boolean isLine = chart.type() == Chart.Type.LINE;
        double size = isLine ? 3 : run.points().size() > 500 ? 2.5 : 4;
        svg.raw(
                "<g class=\""
                        + Palette.style(series)
                        + (isLine ? " sl-mark" : " sl-dots")
                        + "\">\n");
        for (Point p : run.points()) {
            svg.raw(
                    Palette.marker(
                            series,
                            lower.at(p.x(), frame.left(), frame.right()),
                            left.at(p.y(), frame.bottom(), frame.top()),
                            size));
            svg.raw(
                    hasTips
                            ? "><title>"
                                    + Html.escape(tip(run, p))
                                    + "</title>"
                                    + "</"
                                    + element(series)
                                    + ">\n"
                            : "/>\n");
        }
        svg.raw("</g>\n");
    }

    private static String element(int series) {
        String start = Palette.marker(series, 0, 0, 1);
        return start.substring(1, start.indexOf(' '));
    }

    private String tip(Run run, Point p) {
        return run.name() + ": " + Numbers.significant(p.y(), 5) + " at " + xText(p.x());
    }

    private String xText(double x) {
        if (isCategory) {
            return categories.get((int) x);
        }
        if (!isTime) {
            return Numbers.significant(x, 6);
        }
        return Ticks.label(x, x % 86_400 == 0 ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss");
    }

    private Ticks leftTicks(List<Run> runs) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Run run : runs) {
            for (Point p : run.points()) {
                low = Math.min(low, p.y());
                high = Math.max(high, p.y());
            }
        }
        // Zero belongs to the picture where it is near anyway.
        if (low > 0 && low < high / 3) {
            low = 0;
        }
        return Ticks.of(low, high, 6);
    }

    private Ticks lowerTicks(List<Run> runs) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Run run : runs) {
            for (Point p : run.points()) {
                low = Math.min(low, p.x());
                high = Math.max(high, p.x());
            }
        }
        if (isTime) {
            return Ticks.ofTime(low, high, 8);
        }
        if (isCategory) {
            List<Ticks.Tick> ticks = new ArrayList<>();
            int step = Math.max(1, (categories.size() + 11) / 12);
            for (int i = 0; i < categories.size(); i += step) {
                ticks.add(new Ticks.Tick(i, Html.cut(categories.get(i), 16)));
            }
            return new Ticks(-0.5, categories.size() - 0.5, ticks);
        }
        Ticks nice = Ticks.of(low, high, 8);
        if (chart.type() == Chart.Type.SCATTER || !(high > low)) {
            return nice;
        }
        // A line fills the plot from its first point to its last.
        double least = low;
        double most = high;
        return new Ticks(
                least,
                most,
                nice.ticks().stream().filter(t -> t.at() >= least && t.at() <= most).toList());
    }

    private Table data(List<Run> runs) {
        List<Value.Column> columns =
                List.of(
                        new Value.Column("series", "VARCHAR"),
                        new Value.Column(chart.x(), isTime || isCategory ? "VARCHAR" : "DOUBLE"),
                        new Value.Column("value", "DOUBLE"));
        List<Map<String, Value>> rows = new ArrayList<>();
        for (Run run : runs) {
            for (Point p : run.points()) {
                Map<String, Value> row = new LinkedHashMap<>();
                row.put(chart.x(), Value.of(xText(p.x())));
                row.put("series", Value.of(run.name()));
                row.put("value", Value.of(p.y()));
                rows.add(row);
            }
        }
        return Drawing.table(chart, columns, rows);
    }
}
