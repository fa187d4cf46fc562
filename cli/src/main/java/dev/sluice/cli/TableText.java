package dev.sluice.cli;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The first rows of a table as aligned text, as wide as the terminal at most. */
final class TableText {
    private static final int CELL_MAX = 40;
    private static final String GAP = "  ";

    private TableText() {}

    /**
     * @param rows each a map by column name
     * @param width columns of the terminal
     */
    static List<String> lines(Value.TableInfo table, List<Value> rows, int width, Style style) {
        List<Value.Column> shown = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        int left = width - GAP.length();
        for (Value.Column column : table.columns()) {
            int wanted = widthOf(column, rows);
            if (!shown.isEmpty() && wanted + GAP.length() > left) {
                break;
            }
            shown.add(column);
            widths.add(Math.min(wanted, Math.max(1, left)));
            left -= wanted + GAP.length();
        }
        List<String> lines = new ArrayList<>();
        lines.add(style.bold(line(shown, widths, column -> Texts.line(column.name()))));
        lines.add(style.dim(line(shown, widths, column -> Texts.line(column.type()))));
        for (Value row : rows) {
            lines.add(line(shown, widths, column -> cell(row, column)));
        }
        int hidden = table.columns().size() - shown.size();
        long more = table.rows() - rows.size();
        if (hidden > 0 || more > 0) {
            List<String> parts = new ArrayList<>();
            if (more > 0) {
                parts.add(Texts.count(more, "more row"));
            }
            if (hidden > 0) {
                parts.add(Texts.count(hidden, "more column"));
            }
            lines.add(GAP + style.dim("+ " + String.join(", ", parts)));
        }
        return lines;
    }

    private static int widthOf(Value.Column column, List<Value> rows) {
        int wanted = Math.max(Width.of(Texts.line(column.name())), Width.of(column.type()));
        for (Value row : rows) {
            wanted = Math.max(wanted, Width.of(cell(row, column)));
        }
        return Math.min(wanted, CELL_MAX);
    }

    private static String line(
            List<Value.Column> columns,
            List<Integer> widths,
            java.util.function.Function<Value.Column, String> cell) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            String text = Width.cut(cell.apply(columns.get(i)), widths.get(i));
            out.append(GAP)
                    .append(
                            isNumber(columns.get(i))
                                    ? Width.padLeft(text, widths.get(i))
                                    : Width.pad(text, widths.get(i)));
        }
        return out.toString().stripTrailing();
    }

    private static boolean isNumber(Value.Column column) {
        String type = column.type();
        return type.endsWith("INT")
                || type.endsWith("INTEGER")
                || type.startsWith("DECIMAL")
                || type.equals("DOUBLE")
                || type.equals("FLOAT");
    }

    private static String cell(Value row, Value.Column column) {
        @Nullable Value value = row instanceof Value.MapOf map ? map.find(column.name()) : null;
        return switch (value) {
            case null -> "";
            case Value.Null _ -> "∅";
            case Value.Text(String text) -> Texts.line(text);
            case Value.Bool b -> Boolean.toString(b.value());
            case Value.Int i -> Long.toString(i.value());
            case Value.Dec d -> number(d.value());
            case Value.ListOf l -> Texts.line(ValueJson.plain(l));
            case Value.MapOf m -> Texts.line(ValueJson.plain(m));
            case Value.Artifact a -> Texts.line(a.name());
        };
    }

    /** Without the exponent that people do not expect of plain numbers. */
    static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 1e15) {
            return Objects.toString((long) value) + ".0";
        }
        return size >= 1e-4 && size < 1e15
                ? new java.math.BigDecimal(Double.toString(value)).toPlainString()
                : Double.toString(value);
    }
}
