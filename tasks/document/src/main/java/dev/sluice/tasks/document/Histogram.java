package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the values of a column are spread: counts in ranges of equal, round width. */
final class Histogram {
    private static final double HEIGHT = 280;

    private Histogram() {}

    static Drawing draw(Chart chart, Table table) {
        String type = table.type(chart.x());
        double[] values =
                table.rows().stream()
                        .mapToDouble(r -> Cells.number(r.get(chart.x()), type))
                        .filter(Double::isFinite)
                        .sorted()
                        .toArray();
        if (values.length == 0) {
            return Drawing.empty(chart, "Column " + chart.x() + " has no numbers to draw.");
        }
        double width = width(values, chart.bins());
        double start = chart.bins() > 0 ? values[0] : Math.floor(values[0] / width + 1e-9) * width;
        int bins = (int) Math.floor((values[values.length - 1] - start) / width + 1e-9) + 1;
        long[] counts = new long[bins];
        for (double value : values) {
            counts[Math.clamp((long) Math.floor((value - start) / width + 1e-9), 0, bins - 1)]++;
        }
        int missing = table.rows().size() - values.length;
        List<String> notes =
                missing == 0
                        ? List.of()
                        : List.of(Numbers.count(missing) + " rows have no number here.");
        boolean isTime = Cells.isTime(type);
        return new Drawing(
                svg(chart, isTime, counts, start, width, values.length),
                notes,
                data(chart, isTime, counts, start, width));
    }

    /** Freedman and Diaconis (1981), rounded; whole numbers are never split. */
    private static double width(double[] sorted, int wanted) {
        double range = sorted[sorted.length - 1] - sorted[0];
        if (range == 0) {
            return sorted[0] == 0 ? 1 : Ticks.niceStep(Math.abs(sorted[0]) / 5);
        }
        if (wanted > 0) {
            return range / wanted * (1 + 1e-9);
        }
        double quartiles =
                sorted[(int) (sorted.length * 0.75)] - sorted[(int) (sorted.length * 0.25)];
        double rough = 2 * quartiles / Math.cbrt(sorted.length);
        double width = Ticks.niceStep(Math.clamp(rough, range / 40, range / 5));
        boolean areWhole = java.util.Arrays.stream(sorted).allMatch(v -> v == Math.rint(v));
        return areWhole ? Math.max(1, width) : width;
    }

    private static String svg(
            Chart chart, boolean isTime, long[] counts, double start, double width, int total) {
        Svg svg = new Svg();
        long most = java.util.Arrays.stream(counts).max().orElse(1);
        Ticks left = Ticks.of(0, most, 5);
        double end = start + width * counts.length;
        List<String> labels = left.ticks().stream().map(Ticks.Tick::label).toList();
        Svg.Frame frame = Svg.frame(labels, true, 6, HEIGHT);
        svg.leftAxis(frame, left, chart.yTitle());
        Ticks nice = isTime ? Ticks.ofTime(start, end, 8) : Ticks.of(start, end, 8);
        Ticks lower =
                new Ticks(
                        start,
                        end,
                        nice.ticks().stream()
                                .filter(t -> t.at() >= start - 1e-9 && t.at() <= end + width * 1e-6)
                                .toList());
        for (int i = 0; i < counts.length; i++) {
            double x1 = lower.at(start + i * width, frame.left(), frame.right());
            double x2 = lower.at(start + (i + 1) * width, frame.left(), frame.right());
            double y = left.at(counts[i], frame.bottom(), frame.top());
            if (counts[i] > 0) {
                svg.bar(
                        0,
                        x1 + 0.5,
                        y,
                        x2 - x1 - 1,
                        frame.bottom() - y,
                        edge(isTime, start + i * width)
                                + " to "
                                + edge(isTime, start + (i + 1) * width)
                                + ": "
                                + Numbers.count(counts[i]));
            }
            if (counts.length <= 20) {
                svg.text("sl-value", (x1 + x2) / 2, y - 5, "middle", Numbers.count(counts[i]));
            }
        }
        svg.line("sl-axis", frame.left(), frame.bottom(), frame.right(), frame.bottom());
        svg.lowerAxis(frame, lower, chart.xTitle(), false);
        return svg.finish(
                Drawing.id(chart),
                chart.title(),
                "Histogram of "
                        + Numbers.count(total)
                        + " values of "
                        + chart.x()
                        + " from "
                        + edge(isTime, start)
                        + " to "
                        + edge(isTime, end)
                        + ". Its numbers are in the table below it.",
                frame,
                !chart.xTitle().isEmpty());
    }

    private static String edge(boolean isTime, double value) {
        return isTime ? Ticks.label(value, "yyyy-MM-dd HH:mm") : Numbers.significant(value, 6);
    }

    private static Table data(
            Chart chart, boolean isTime, long[] counts, double start, double width) {
        List<Map<String, Value>> rows = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            rows.add(
                    Map.of(
                            "from", Value.of(edge(isTime, start + i * width)),
                            "to", Value.of(edge(isTime, start + (i + 1) * width)),
                            "count", Value.of(counts[i])));
        }
        return Drawing.table(
                chart,
                List.of(
                        new Value.Column("from", isTime ? "VARCHAR" : "DOUBLE"),
                        new Value.Column("to", isTime ? "VARCHAR" : "DOUBLE"),
                        new Value.Column("count", "BIGINT")),
                rows);
    }
}
