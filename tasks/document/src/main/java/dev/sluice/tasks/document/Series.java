package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One series of a chart: the rows it takes and the column it shows.
 *
 * @param column the column of its values, or null to count rows
 */
record Series(String name, @Nullable String column, List<Map<String, Value>> rows) {

    /** The series a chart has on these rows, at most as many as can be told apart. */
    static List<Series> of(Chart chart, Table table, List<String> notes) {
        String by = chart.by();
        if (by == null) {
            return chart.y().isEmpty()
                    ? List.of(new Series("rows", null, table.rows()))
                    : chart.y().stream().map(y -> new Series(y, y, table.rows())).toList();
        }
        Map<String, List<Map<String, Value>>> split = new LinkedHashMap<>();
        for (Map<String, Value> row : table.rows()) {
            String name = Cells.text(row.get(by));
            split.computeIfAbsent(name.isEmpty() ? "(none)" : name, _ -> new ArrayList<>())
                    .add(row);
        }
        if (split.size() > Palette.SERIES_MAX) {
            notes.add(
                    "The first "
                            + Palette.SERIES_MAX
                            + " of "
                            + Numbers.count(split.size())
                            + " series by "
                            + by
                            + " are drawn.");
        }
        String column = chart.y().isEmpty() ? null : chart.y().getFirst();
        return split.entrySet().stream()
                .limit(Palette.SERIES_MAX)
                .map(e -> new Series(e.getKey(), column, e.getValue()))
                .toList();
    }

    /** This row's value; 1 where rows are counted. */
    double value(Map<String, Value> row, Table table) {
        return column == null ? 1 : Cells.number(row.get(column), table.type(column));
    }
}
