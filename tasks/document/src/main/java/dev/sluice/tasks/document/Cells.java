package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the cells of a table mean, by their column's DuckDB type. */
final class Cells {
    private static final List<String> NUMBERS =
            List.of(
                    "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT",
                    "UHUGEINT",
                    "FLOAT",
                    "DOUBLE",
                    "REAL",
                    "DECIMAL");

    /** Beyond this, differences and sums may overflow. */
    private static final double DRAWABLE = 1e150;

    private static final Pattern OFFSET = Pattern.compile("([+-]\\d{2}(?::\\d{2})?)$");

    private Cells() {}

    static boolean isNumber(String type) {
        String word = type.toUpperCase(Locale.ROOT);
        return NUMBERS.stream().anyMatch(n -> word.equals(n) || word.startsWith(n + "("));
    }

    static boolean isTime(String type) {
        String word = type.toUpperCase(Locale.ROOT);
        return word.equals("DATE") || word.startsWith("TIMESTAMP") || word.equals("DATETIME");
    }

    /** The number of a cell, seconds since 1970 for a time; NaN where there is none. */
    static double number(@Nullable Value cell, String type) {
        double number = anyNumber(cell, type);
        return Math.abs(number) < DRAWABLE ? number : Double.NaN;
    }

    private static double anyNumber(@Nullable Value cell, String type) {
        return switch (cell) {
            case null -> Double.NaN;
            case Value.Int i -> i.value();
            case Value.Dec d -> d.value();
            case Value.Text t -> isTime(type) ? seconds(t.value()) : parsed(t.value());
            case Value.Bool b -> b.value() ? 1 : 0;
            case Value.Null _, Value.ListOf _, Value.MapOf _, Value.Artifact _ -> Double.NaN;
        };
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Reads {@code 2024-01-05} and {@code 2024-01-05 10:11:12.5+02}, DuckDB's text forms. */
    private static double seconds(String text) {
        try {
            LocalDate day = LocalDate.parse(text.substring(0, Math.min(10, text.length())));
            if (text.length() <= 11) {
                return day.atStartOfDay().toEpochSecond(ZoneOffset.UTC);
            }
            String rest = text.substring(11);
            ZoneOffset offset = ZoneOffset.UTC;
            Matcher zone = OFFSET.matcher(rest);
            if (zone.find()) {
                offset = ZoneOffset.of(zone.group(1));
                rest = rest.substring(0, zone.start());
            }
            LocalTime time = LocalTime.parse(rest);
            return day.atTime(time).toEpochSecond(offset) + time.getNano() / 1e9;
        } catch (DateTimeException e) {
            return Double.NaN;
        }
    }

    /** A cell as text; empty for null. */
    static String text(@Nullable Value cell) {
        return switch (cell) {
            case null -> "";
            case Value.Null _ -> "";
            case Value.Bool b -> Boolean.toString(b.value());
            case Value.Int i -> Long.toString(i.value());
            case Value.Dec d -> Numbers.significant(d.value(), 6);
            case Value.Text t -> t.value();
            case Value.ListOf l ->
                    "[" + String.join(", ", l.items().stream().map(Cells::text).toList()) + "]";
            case Value.MapOf m ->
                    "{"
                            + String.join(
                                    ", ",
                                    m.entries().entrySet().stream()
                                            .map(e -> e.getKey() + ": " + text(e.getValue()))
                                            .toList())
                            + "}";
            case Value.Artifact a -> a.name();
        };
    }
}
