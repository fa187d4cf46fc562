package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chart as a flow asks for it.
 *
 * @param name its key under {@code charts}
 * @param y columns, one series each; empty only for a histogram and a bar chart that counts rows
 * @param by column whose values make the series, or null
 * @param bins how many bars a histogram has, or 0 to choose
 */
record Chart(
        String name,
        Type type,
        String table,
        String x,
        List<String> y,
        @Nullable String by,
        String title,
        String xTitle,
        String yTitle,
        int bins) {
    enum Type {
        BAR,
        LINE,
        SCATTER,
        HISTOGRAM;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Set<String> KEYS =
            Set.of("type", "table", "x", "y", "by", "title", "x_title", "y_title", "bins");

    private static final int BINS_MAX = 60;

    /**
     * Reads the map under {@code charts.name}.
     *
     * @throws IllegalArgumentException with a message that names the key
     */
    static Chart of(String name, Value written) {
        if (!(written instanceof Value.MapOf map)) {
            throw new IllegalArgumentException(
                    "charts."
                            + name
                            + ": a "
                            + written.kind()
                            + " (expected: a map of type, table, x and y)");
        }
        for (String key : map.entries().keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "charts."
                                + name
                                + ": unknown key \""
                                + key
                                + "\" (expected: type, table, x, y, by, title, x_title, y_title,"
                                + " bins)");
            }
        }
        Type type = type(name, map.find("type"));
        String x = required(name, map, "x");
        List<String> y = columns(name, map.find("y"));
        String by = map.find("by") == null ? null : required(name, map, "by");
        if (y.isEmpty() && (type == Type.LINE || type == Type.SCATTER)) {
            throw new IllegalArgumentException(
                    "charts." + name + ": a " + type.word() + " chart needs y, a column's name");
        }
        if (by != null && y.size() > 1) {
            throw new IllegalArgumentException(
                    "charts." + name + ": by splits one y column, but there are " + y.size());
        }
        if (!y.isEmpty() && type == Type.HISTOGRAM) {
            throw new IllegalArgumentException(
                    "charts." + name + ": a histogram counts the values of x; remove y");
        }
        if (map.find("bins") != null && type != Type.HISTOGRAM) {
            throw new IllegalArgumentException(
                    "charts." + name + ": only a histogram has bins; remove them");
        }
        String yTitle = y.size() == 1 ? y.getFirst() : y.isEmpty() ? "rows" : "";
        return new Chart(
                name,
                type,
                required(name, map, "table"),
                x,
                y,
                by,
                optional(name, map, "title", name.replace('_', ' ')),
                optional(name, map, "x_title", x),
                optional(name, map, "y_title", yTitle),
                bins(name, map.find("bins")));
    }

    private static Type type(String name, @Nullable Value word) {
        for (Type type : Type.values()) {
            if (word instanceof Value.Text text && text.value().equals(type.word())) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "charts."
                        + name
                        + ".type: "
                        + (word == null ? "missing" : word.toJava())
                        + " (expected one of: bar, line, scatter, histogram)");
    }

    private static String required(String name, Value.MapOf map, String key) {
        Value value = map.find(key);
        if (value instanceof Value.Text text && !text.value().isBlank()) {
            return text.value();
        }
        throw new IllegalArgumentException(
                "charts."
                        + name
                        + "."
                        + key
                        + ": "
                        + (value == null ? "missing" : value.toJava())
                        + " (expected: a "
                        + (key.equals("table") ? "table" : "column")
                        + "'s name)");
    }

    private static String optional(String name, Value.MapOf map, String key, String otherwise) {
        return switch (map.find(key)) {
            case null -> otherwise;
            case Value.Text text -> text.value();
            case Value other ->
                    throw new IllegalArgumentException(
                            "charts."
                                    + name
                                    + "."
                                    + key
                                    + ": a "
                                    + other.kind()
                                    + " (expected: text)");
        };
    }

    private static List<String> columns(String name, @Nullable Value given) {
        List<Value> items =
                switch (given) {
                    case null -> List.of();
                    case Value.ListOf list -> list.items();
                    case Value one -> List.of(one);
                };
        List<String> columns = new ArrayList<>();
        for (Value item : items) {
            if (!(item instanceof Value.Text text)) {
                throw new IllegalArgumentException(
                        "charts."
                                + name
                                + ".y: a "
                                + item.kind()
                                + " (expected: a column's name or a list of them)");
            }
            columns.add(text.value());
        }
        if (columns.size() > Palette.SERIES_MAX) {
            throw new IllegalArgumentException(
                    "charts."
                            + name
                            + ".y: "
                            + columns.size()
                            + " columns (expected: at most "
                            + Palette.SERIES_MAX
                            + ")");
        }
        return columns;
    }

    private static int bins(String name, @Nullable Value given) {
        return switch (given) {
            case null -> 0;
            case Value.Int(long n) when n >= 1 && n <= BINS_MAX -> (int) n;
            case Value other ->
                    throw new IllegalArgumentException(
                            "charts."
                                    + name
                                    + ".bins: "
                                    + other.toJava()
                                    + " (expected: 1 to "
                                    + BINS_MAX
                                    + ")");
        };
    }

    /** Every column it reads. */
    List<String> columns() {
        List<String> columns = new ArrayList<>(List.of(x));
        columns.addAll(y);
        if (by != null) {
            columns.add(by);
        }
        return columns;
    }

    /** The names under {@code charts} with what stands there. */
    static Map<String, Value> named(@Nullable Value charts) {
        return switch (charts) {
            case null -> Map.of();
            case Value.Null _ -> Map.of();
            case Value.MapOf map -> map.entries();
            case Value other ->
                    throw new IllegalArgumentException(
                            "charts: a " + other.kind() + " (expected: a map of chart names)");
        };
    }
}
