package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the values of a column are spread: counts in ranges of equal, round width; several series lie
 * over each other, see-through.
 */
final class Histogram {
    private static final double HEIGHT = 280;

    /** More bars than this have no numbers on them. */
    private static final int LABELLED_MAX = 20;

    private final Chart chart;
    private final boolean isTime;
    private final List<String> names;
    private final double start;
    private final double width;
    private final long[][] counts;

    private Histogram(
            Chart chart,
            boolean isTime,
            List<String> names,
            double start,
            double width,
            long[][] counts) {
        this.chart = chart;
        this.isTime = isTime;
        this.names = names;
        this.start = start;
        this.width = width;
        this.counts = counts;
    }

    static Drawing draw(Chart chart, Table table) {
        List<String> notes = new ArrayList<>();
        List<Series> series = Series.of(chart, table, notes);
        String type = table.type(chart.x());
        double[][] values = new double[series.size()][];
        int missing = 0;
        for (int s = 0; s < values.length; s++) {
            List<Map<String, Value>> rows = series.get(s).rows();
            values[s] =
                    rows.stream()
                            .mapToDouble(r -> Cells.number(r.get(chart.x()), type))
                            .filter(Double::isFinite)
                            .toArray();
            missing += rows.size() - values[s].length;
        }
        double[] all = Arrays.stream(values).flatMapToDouble(Arrays::stream).sorted().toArray();
        if (all.length == 0) {
            return Drawing.empty(chart, "Column " + chart.x() + " has no numbers to draw.");
        }
        if (missing > 0) {
            notes.add(
                    Numbers.count(missing)
                            + (missing == 1 ? " row has" : " rows have")
                            + " no number here.");
        }
        double width = width(all, chart.bins());
        double start = chart.bins() > 0 ? all[0] : Math.floor(all[0] / width + 1e-9) * width;
        int bins = (int) Math.floor((all[all.length - 1] - start) / width + 1e-9) + 1;
        long[][] counts = new long[values.length][bins];
        for (int s = 0; s < values.length; s++) {
            for (double value : values[s]) {
                long bin = (long) Math.floor((value - start) / width + 1e-9);
                counts[s][Math.clamp(bin, 0, bins - 1)]++;
            }
        }
        List<String> names = series.stream().map(Series::name).toList();
        Histogram histogram = new Histogram(chart, Cells.isTime(type), names, start, width, counts);
        return new Drawing(histogram.svg(all.length), notes, histogram.data());
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
        boolean areWhole = Arrays.stream(sorted).allMatch(v -> v == Math.rint(v));
        return areWhole ? Math.max(1, width) : width;
    }

    private String svg(int total) {
        Svg svg = new Svg();
        double top = svg.legend(names, false);
        long most = Arrays.stream(counts).flatMapToLong(Arrays::stream).max().orElse(1);
        Ticks left = Ticks.of(0, most, 5);
        List<String> labels = left.ticks().stream().map(Ticks.Tick::label).toList();
        Svg.Frame frame = Svg.frame(labels, !chart.yTitle().isEmpty(), top + 6, HEIGHT);
        svg.leftAxis(frame, left, chart.yTitle());
        Ticks lower = lowerTicks();
        for (int s = 0; s < counts.length; s++) {
            svg.raw(counts.length > 1 ? "<g class=\"sl-over\">\n" : "<g>\n");
            for (int i = 0; i < counts[s].length; i++) {
                bar(svg, s, i, lower, left, frame);
            }
            svg.raw("</g>\n");
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
                        + edge(0)
                        + " to "
                        + edge(counts[0].length)
                        + ". Its numbers are in the table below it.",
                frame,
                !chart.xTitle().isEmpty());
    }

    private Ticks lowerTicks() {
        double end = start + width * counts[0].length;
        Ticks nice = isTime ? Ticks.ofTime(start, end, 8) : Ticks.of(start, end, 8);
        return new Ticks(
                start,
                end,
                nice.ticks().stream()
                        .filter(t -> t.at() >= start - 1e-9 && t.at() <= end + width * 1e-6)
                        .toList());
    }

    private void bar(Svg svg, int s, int i, Ticks lower, Ticks left, Svg.Frame frame) {
        double x1 = lower.at(start + i * width, frame.left(), frame.right());
        double x2 = lower.at(start + (i + 1) * width, frame.left(), frame.right());
        double y = left.at(counts[s][i], frame.bottom(), frame.top());
        if (counts[s][i] > 0) {
            String prefix = names.size() > 1 ? names.get(s) + ", " : "";
            String tip = edge(i) + " to " + edge(i + 1) + ": " + Numbers.count(counts[s][i]);
            svg.bar(s, x1 + 0.5, y, x2 - x1 - 1, frame.bottom() - y, prefix + tip);
        }
        if (names.size() == 1 && counts[s].length <= LABELLED_MAX) {
            svg.text("sl-value", (x1 + x2) / 2, y - 5, "middle", Numbers.count(counts[s][i]));
        }
    }

    /** Where a range begins. */
    private String edge(int bin) {
        double value = start + bin * width;
        return isTime ? Ticks.label(value, "yyyy-MM-dd HH:mm") : Numbers.significant(value, 4);
    }

    private Table data() {
        List<Value.Column> columns = new ArrayList<>();
        columns.add(new Value.Column("from", "VARCHAR"));
        columns.add(new Value.Column("to", "VARCHAR"));
        names.forEach(n -> columns.add(new Value.Column(n, "BIGINT")));
        List<Map<String, Value>> rows = new ArrayList<>();
        for (int i = 0; i < counts[0].length; i++) {
            Map<String, Value> row = new HashMap<>();
            for (int s = 0; s < names.size(); s++) {
                row.put(names.get(s), Value.of(counts[s][i]));
            }
            row.put("from", Value.of(edge(i)));
            row.put("to", Value.of(edge(i + 1)));
            rows.add(row);
        }
        return Drawing.table(chart, columns, rows);
    }
}
