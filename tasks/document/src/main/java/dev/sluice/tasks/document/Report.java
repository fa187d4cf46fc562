package dev.sluice.tasks.document;

import com.samskivert.mustache.Mustache;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of one report: what its template may name, and what it shows without a template.
 *
 * @param rows of a table to show
 */
record Report(String title, Inputs inputs, Map<String, Chart> charts, int rows) {
    private static final int TILES_MAX = 8;

    /** The names a template sees: the values, and {@code heading table rows charts image}. */
    Map<String, @Nullable Object> names() {
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        inputs.values().forEach((name, value) -> put(names, name, value.toJava()));
        names.put("heading", title);
        names.put(
                "table",
                new Lookup("", name -> inputs.table(name, "template").first(rows).html(), inputs));
        names.put("rows", new Lookup("", this::rowMaps, inputs));
        names.put("image", new Lookup("", inputs::image, inputs));
        names.put("charts", (Mustache.CustomContext) this::chart);
        return names;
    }

    /** {@code task.output} stands under {@code task}, as in expressions. */
    @SuppressWarnings("unchecked")
    private static void put(
            Map<String, @Nullable Object> names, String name, @Nullable Object value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            names.putIfAbsent(name, value);
            return;
        }
        Object inner = names.computeIfAbsent(name.substring(0, dot), _ -> new HashMap<>());
        if (inner instanceof Map<?, ?>) {
            put((Map<String, @Nullable Object>) inner, name.substring(dot + 1), value);
        }
    }

    private List<Map<String, @Nullable Object>> rowMaps(String name)
            throws TaskException, InterruptedException {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (Map<String, Value> row : inputs.table(name, "template").rows()) {
            Map<String, @Nullable Object> map = new HashMap<>();
            row.forEach((column, cell) -> map.put(column, cell.toJava()));
            all.add(map);
        }
        return all;
    }

    private Html chart(String name) throws TaskException, InterruptedException {
        Chart chart = charts.get(name);
        if (chart == null) {
            throw TaskException.terminal(
                    "template: no chart is called \""
                            + name
                            + "\" (expected one of charts: "
                            + String.join(", ", charts.keySet())
                            + ")");
        }
        Table table = inputs.table(chart.table(), "charts." + name);
        for (String column : chart.columns()) {
            if (!table.has(column)) {
                throw TaskException.terminal(
                        "charts."
                                + name
                                + ": table \""
                                + chart.table()
                                + "\" has no column \""
                                + column
                                + "\" (expected one of: "
                                + Html.cut(
                                        String.join(
                                                ", ",
                                                table.columns().stream()
                                                        .map(Value.Column::name)
                                                        .toList()),
                                        400)
                                + ")");
            }
        }
        return Drawing.figure(chart, table);
    }

    /** Everything there is: values, charts, pictures, the first rows of every table, files. */
    String withoutTemplate() throws TaskException, InterruptedException {
        StringBuilder out = new StringBuilder();
        values(out);
        for (String name : charts.keySet()) {
            out.append(chart(name));
        }
        List<String> files = new ArrayList<>(inputs.fileNames());
        for (String name : inputs.fileNames()) {
            if (inputs.isImage(name)) {
                files.remove(name);
                out.append("<figure class=\"sl-chart\"><figcaption>")
                        .append(Html.escape(name))
                        .append("</figcaption>\n")
                        .append(inputs.image(name))
                        .append("</figure>\n");
            }
        }
        for (String name : inputs.tableNames()) {
            out.append("<section><h2>")
                    .append(Html.escape(name))
                    .append("</h2>\n")
                    .append(inputs.table(name, "inputs").first(rows).html())
                    .append("</section>\n");
        }
        files(out, files);
        return out.toString();
    }

    private void values(StringBuilder out) {
        Map<String, Value> others = new LinkedHashMap<>();
        StringBuilder tiles = new StringBuilder();
        int count = 0;
        Map<String, Value> all = inputs.values();
        for (String name : inputs.valueNames()) {
            Value value = all.getOrDefault(name, Value.Null.NULL);
            boolean isNumber = value instanceof Value.Int || value instanceof Value.Dec;
            if (isNumber && count < TILES_MAX) {
                count++;
                tiles.append("<div class=\"sl-tile\"><dt>")
                        .append(Html.escape(name))
                        .append("</dt><dd>")
                        .append(Html.escape(shortNumber(value)))
                        .append("</dd></div>\n");
            } else {
                others.put(name, value);
            }
        }
        if (count > 0) {
            out.append("<dl class=\"sl-tiles\">\n").append(tiles).append("</dl>\n");
        }
        if (!others.isEmpty()) {
            out.append("<section><h2>Values</h2>\n<table class=\"sl-table sl-values\"><tbody>\n");
            others.forEach((name, value) ->
                    out.append("<tr><th scope=\"row\">")
                            .append(Html.escape(name))
                            .append("</th><td>")
                            .append(Html.escape(Html.cut(Cells.text(value), 2000)))
                            .append("</td></tr>\n"));
            out.append("</tbody></table></section>\n");
        }
    }

    private static String shortNumber(Value value) {
        return switch (value) {
            case Value.Int i -> Numbers.count(i.value());
            case Value.Dec d -> Numbers.significant(d.value(), 4);
            case Value.Null _,
                    Value.Bool _,
                    Value.Text _,
                    Value.ListOf _,
                    Value.MapOf _,
                    Value.Artifact _ ->
                    Cells.text(value);
        };
    }

    private void files(StringBuilder out, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        out.append("<section><h2>Files</h2>\n<div class=\"sl-scroll\"><table class=\"sl-table\">")
                .append("<thead><tr><th scope=\"col\">input</th><th scope=\"col\">name</th>")
                .append("<th scope=\"col\" class=\"sl-num\">bytes</th><th scope=\"col\">kind</th>")
                .append("<th scope=\"col\">SHA-256</th></tr></thead><tbody>\n");
        for (String name : names) {
            Value.Artifact file = inputs.file(name);
            out.append("<tr><th scope=\"row\">")
                    .append(Html.escape(name))
                    .append("</th><td>")
                    .append(Html.escape(file.name()))
                    .append("</td><td class=\"sl-num\">")
                    .append(Numbers.count(file.bytes()))
                    .append("</td><td>")
                    .append(Html.escape(file.mediaType()))
                    .append("</td><td><code>")
                    .append(file.digest().hex(), 0, 16)
                    .append("…</code></td></tr>\n");
        }
        out.append("</tbody></table></div></section>\n");
    }
}
