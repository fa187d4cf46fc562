package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bars by category, in the order of the data; values of equal categories are added up. They stand
 * where the labels are few and short and lie otherwise, so that every label can be read.
 */
final class BarChart {
    private static final int CATEGORIES_MAX = 40;
    private static final int STANDING_MAX = 14;
    private static final double HEIGHT = 290;

    private final Chart chart;
    private final List<String> categories;
    private final List<String> names;
    private final double[][] values;
    private final Ticks ticks;

    private BarChart(Chart chart, List<String> categories, List<String> names, double[][] values) {
        this.chart = chart;
        this.categories = categories;
        this.names = names;
        this.values = values;
        double low = 0;
        double high = 0;
        for (double[] series : values) {
            for (double value : series) {
                if (Double.isFinite(value)) {
                    low = Math.min(low, value);
                    high = Math.max(high, value);
                }
            }
        }
        this.ticks = Ticks.of(low, high, 5);
    }

    static Drawing draw(Chart chart, Table table) {
        List<String> notes = new ArrayList<>();
        List<Series> series = Series.of(chart, table, notes);
        Set<String> all = new LinkedHashSet<>();
        series.forEach(s -> s.rows().forEach(r -> all.add(category(chart, r))));
        List<String> categories = all.stream().limit(CATEGORIES_MAX).toList();
        if (categories.isEmpty()) {
            return Drawing.empty(chart, "There are no rows to draw.");
        }
        if (categories.size() < all.size()) {
            notes.add(
                    "The first "
                            + CATEGORIES_MAX
                            + " of "
                            + Numbers.count(all.size())
                            + " categories are drawn.");
        }
        double[][] values = new double[series.size()][];
        for (int s = 0; s < values.length; s++) {
            values[s] = sums(chart, table, series.get(s), categories);
        }
        BarChart bars =
                new BarChart(
                        chart,
                        labels(categories, table.type(chart.x())),
                        series.stream().map(Series::name).toList(),
                        values);
        return new Drawing(bars.svg(), notes, bars.data());
    }

    /** Categories that are times, without the parts that they all lack. */
    private static List<String> labels(List<String> categories, String type) {
        if (!Cells.isTime(type)) {
            return categories;
        }
        double[] times =
                categories.stream().mapToDouble(c -> Cells.number(Value.of(c), type)).toArray();
        if (!Arrays.stream(times).allMatch(t -> t % 86_400 == 0)) {
            return categories;
        }
        boolean areMonths =
                times.length > 1
                        && Arrays.stream(times).allMatch(t -> Ticks.label(t, "d").equals("1"));
        String pattern = areMonths ? "MMM yyyy" : "yyyy-MM-dd";
        return Arrays.stream(times).mapToObj(t -> Ticks.label(t, pattern)).toList();
    }

    private static String category(Chart chart, Map<String, Value> row) {
        String text = Cells.text(row.get(chart.x()));
        return text.isEmpty() ? "(none)" : text;
    }

    private static double[] sums(Chart chart, Table table, Series series, List<String> categories) {
        Map<String, Double> sums = new LinkedHashMap<>();
        for (Map<String, Value> row : series.rows()) {
            double value = series.value(row, table);
            if (Double.isFinite(value)) {
                sums.merge(category(chart, row), value, Double::sum);
            }
        }
        return categories.stream().mapToDouble(c -> sums.getOrDefault(c, Double.NaN)).toArray();
    }

    private String svg() {
        double widest = categories.stream().mapToDouble(Svg::width).max().orElse(0);
        boolean isStanding =
                categories.size() <= STANDING_MAX && widest < 560.0 / categories.size() - 6;
        return isStanding ? standing() : lying();
    }

    private String standing() {
        Svg svg = new Svg();
        double top = svg.legend(names, false);
        List<String> labels = ticks.ticks().stream().map(Ticks.Tick::label).toList();
        Svg.Frame frame = Svg.frame(labels, !chart.yTitle().isEmpty(), top + 8, HEIGHT);
        svg.leftAxis(frame, ticks, chart.yTitle());
        double zero = ticks.at(0, frame.bottom(), frame.top());
        double band = (frame.right() - frame.left()) / categories.size();
        double thickness = Math.min(60, band * 0.72 / names.size());
        double room = names.size() > 1 ? thickness - 4 : thickness + 14;
        boolean hasValues =
                Arrays.stream(values)
                        .flatMapToDouble(Arrays::stream)
                        .filter(Double::isFinite)
                        .allMatch(v -> Svg.width(shown(v)) <= room);
        for (int c = 0; c < categories.size(); c++) {
            double middle = frame.left() + band * (c + 0.5);
            svg.text("sl-tick", middle, frame.bottom() + 18, "middle", categories.get(c));
            for (int s = 0; s < names.size(); s++) {
                double value = values[s][c];
                if (!Double.isFinite(value)) {
                    continue;
                }
                double x = middle + (s - names.size() / 2.0) * thickness;
                double y = ticks.at(value, frame.bottom(), frame.top());
                double gap = names.size() > 1 ? 1 : 0;
                svg.bar(
                        s,
                        x + gap,
                        Math.min(y, zero),
                        thickness - 2 * gap,
                        Math.abs(y - zero),
                        tip(s, c));
                if (hasValues) {
                    svg.text(
                            "sl-value",
                            x + thickness / 2,
                            value < 0 ? y + 14 : y - 5,
                            "middle",
                            shown(value));
                }
            }
        }
        svg.line("sl-axis", frame.left(), zero, frame.right(), zero);
        svg.lowerTitle(frame, chart.xTitle());
        return finish(svg, frame, chart.xTitle());
    }

    private String lying() {
        Svg svg = new Svg();
        double top = svg.legend(names, false);
        double thickness = names.size() == 1 ? 18 : 12;
        double band = thickness * names.size() + 8;
        List<String> labels = categories.stream().map(c -> Html.cut(c, 32)).toList();
        Svg.Frame frame =
                Svg.frame(labels, !chart.xTitle().isEmpty(), top, band * categories.size());
        // Room for the last bar's value.
        frame = new Svg.Frame(frame.left(), frame.top(), frame.right() - 34, frame.bottom());
        svg.lowerAxis(frame, ticks, chart.yTitle(), true);
        svg.leftTitle(frame, chart.xTitle());
        double zero = ticks.at(0, frame.left(), frame.right());
        for (int c = 0; c < categories.size(); c++) {
            double y = frame.top() + band * c + 4;
            svg.text("sl-tick", frame.left() - 8, y + (band - 8) / 2 + 4, "end", labels.get(c));
            for (int s = 0; s < names.size(); s++) {
                double value = values[s][c];
                if (!Double.isFinite(value)) {
                    continue;
                }
                double x = ticks.at(value, frame.left(), frame.right());
                double barTop = y + s * thickness;
                svg.bar(s, Math.min(x, zero), barTop, Math.abs(x - zero), thickness - 1, tip(s, c));
                // Beside the bar's free end, or of a negative one beside zero, where there is room.
                svg.text(
                        "sl-value",
                        Math.max(x, zero) + 5,
                        barTop + thickness / 2 + 3.5,
                        "start",
                        shown(value));
            }
        }
        svg.line("sl-axis", zero, frame.top(), zero, frame.bottom());
        return finish(svg, frame, chart.yTitle());
    }

    private String finish(Svg svg, Svg.Frame frame, String lowerTitle) {
        return svg.finish(
                Drawing.id(chart),
                chart.title(),
                "Bar chart of "
                        + String.join(", ", names)
                        + " by "
                        + chart.x()
                        + ", "
                        + Numbers.count(categories.size())
                        + " categories. Its numbers are in the table below it.",
                frame,
                !lowerTitle.isEmpty());
    }

    private String tip(int series, int category) {
        String prefix = names.size() > 1 ? names.get(series) + ", " : "";
        return prefix + categories.get(category) + ": " + shown(values[series][category]);
    }

    private String shown(double value) {
        return Numbers.significant(value, names.size() > 1 ? 3 : 4);
    }

    private Table data() {
        List<Value.Column> columns = new ArrayList<>();
        columns.add(new Value.Column(chart.x(), "VARCHAR"));
        names.forEach(n -> columns.add(new Value.Column(n, "DOUBLE")));
        List<Map<String, Value>> rows = new ArrayList<>();
        for (int c = 0; c < categories.size(); c++) {
            Map<String, Value> row = new LinkedHashMap<>();
            for (int s = 0; s < names.size(); s++) {
                row.put(names.get(s), Drawing.cell(values[s][c]));
            }
            row.put(chart.x(), Value.of(categories.get(c)));
            rows.add(row);
        }
        return Drawing.table(chart, columns, rows);
    }
}
