package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.List;
import java.util.Map;

/**
 * A drawn chart.
 *
 * @param svg the element
 * @param notes what was left out, for people
 * @param data the drawn numbers as a table, for those who do not see the drawing
 */
record Drawing(String svg, List<String> notes, Table data) {
    private static final int DATA_ROWS_MAX = 200;

    static Html figure(Chart chart, Table table) {
        Drawing drawing =
                switch (chart.type()) {
                    case BAR -> BarChart.draw(chart, table);
                    case HISTOGRAM -> Histogram.draw(chart, table);
                    case LINE, SCATTER -> XyChart.draw(chart, table);
                };
        StringBuilder out = new StringBuilder("<figure class=\"sl-chart\">\n");
        out.append("<figcaption>").append(Html.escape(chart.title())).append("</figcaption>\n");
        out.append(drawing.svg());
        for (String note : drawing.notes()) {
            out.append("<p class=\"sl-note\">").append(Html.escape(note)).append("</p>\n");
        }
        if (table.rows().size() < table.total()) {
            out.append("<p class=\"sl-note\">Drawn from the first ")
                    .append(Numbers.count(table.rows().size()))
                    .append(" of ")
                    .append(Numbers.count(table.total()))
                    .append(" rows.</p>\n");
        }
        out.append("<details class=\"sl-data\"><summary>Data of this chart</summary>\n")
                .append(drawing.data().first(DATA_ROWS_MAX).html())
                .append("</details>\n</figure>\n");
        return new Html(out.toString());
    }

    static String id(Chart chart) {
        return "chart-" + chart.name().replaceAll("[^A-Za-z0-9_-]", "-");
    }

    static Drawing empty(Chart chart, String why) {
        Svg svg = new Svg();
        Svg.Frame frame = new Svg.Frame(0, 0, Svg.WIDTH, 120);
        svg.text("sl-empty", Svg.WIDTH / 2, 70, "middle", why);
        return new Drawing(
                svg.finish(id(chart), chart.title(), why, frame, false),
                List.of(),
                new Table(chart.title(), List.of(), List.of(), 0));
    }

    static Value cell(double number) {
        return Double.isFinite(number) ? Value.of(number) : Value.Null.NULL;
    }

    static Table table(Chart chart, List<Value.Column> columns, List<Map<String, Value>> rows) {
        return new Table(chart.title(), columns, rows, rows.size());
    }
}
