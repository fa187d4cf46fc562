package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.List;
import java.util.Map;

/**
 * The first rows of an input table.
 *
 * @param name as the report calls it
 * @param total rows of the whole table
 */
record Table(String name, List<Value.Column> columns, List<Map<String, Value>> rows, long total) {
    private static final int COLUMNS_MAX = 16;
    private static final int CELL_CHARS_MAX = 160;

    /** The column's DuckDB type, or "" where there is no such column. */
    String type(String column) {
        for (Value.Column c : columns) {
            if (c.name().equals(column)) {
                return c.type();
            }
        }
        return "";
    }

    boolean has(String column) {
        return columns.stream().anyMatch(c -> c.name().equals(column));
    }

    Table first(int count) {
        return rows.size() <= count
                ? this
                : new Table(name, columns, rows.subList(0, count), total);
    }

    /** A whole HTML table with a caption that says what is left out. */
    Html html() {
        List<Value.Column> shown = columns.subList(0, Math.min(COLUMNS_MAX, columns.size()));
        StringBuilder out = new StringBuilder();
        out.append("<div class=\"sl-scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(Html.escape(name))
                .append("\"><table class=\"sl-table\"><caption>")
                .append(Html.escape(caption(shown.size())))
                .append("</caption><thead><tr>");
        for (Value.Column column : shown) {
            out.append("<th scope=\"col\"")
                    .append(Cells.isNumber(column.type()) ? " class=\"sl-num\"" : "")
                    .append('>')
                    .append(Html.escape(Html.cut(column.name(), 60)))
                    .append("</th>");
        }
        out.append("</tr></thead><tbody>\n");
        for (Map<String, Value> row : rows) {
            out.append("<tr>");
            for (Value.Column column : shown) {
                cell(out, row.get(column.name()), column.type());
            }
            out.append("</tr>\n");
        }
        if (rows.isEmpty()) {
            out.append("<tr><td class=\"sl-null\" colspan=\"")
                    .append(Math.max(1, shown.size()))
                    .append("\">no rows</td></tr>");
        }
        return new Html(out.append("</tbody></table></div>\n").toString());
    }

    private static void cell(
            StringBuilder out, @org.jspecify.annotations.Nullable Value value, String type) {
        boolean isNumber = Cells.isNumber(type);
        if (value == null || value instanceof Value.Null) {
            out.append(isNumber ? "<td class=\"sl-num sl-null\">" : "<td class=\"sl-null\">")
                    .append("–</td>");
            return;
        }
        out.append(isNumber ? "<td class=\"sl-num\">" : "<td>")
                .append(Html.escape(Html.cut(Cells.text(value), CELL_CHARS_MAX)))
                .append("</td>");
    }

    private String caption(int columnsShown) {
        StringBuilder out = new StringBuilder(name).append(": ");
        if (rows.size() < total) {
            out.append("first ").append(Numbers.count(rows.size())).append(" of ");
        }
        out.append(Numbers.count(total)).append(total == 1 ? " row" : " rows");
        if (columnsShown < columns.size()) {
            out.append(", first ").append(columnsShown).append(" of ");
        } else {
            out.append(", ");
        }
        return out.append(Numbers.count(columns.size()))
                .append(columns.size() == 1 ? " column" : " columns")
                .toString();
    }
}
