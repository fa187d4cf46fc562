package dev.sluice.tasks.document;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis: its range, widened to round numbers, and the marks on it.
 *
 * @param low its least value
 * @param high its greatest value, above {@code low}
 */
record Ticks(double low, double high, List<Tick> ticks) {
    record Tick(double at, String label) {}

    private static final double MINUTE = 60;
    private static final double HOUR = 3600;
    private static final double DAY = 86_400;
    private static final double[] CLOCK_STEPS = {
        1,
        5,
        15,
        30,
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        2 * DAY,
        7 * DAY,
        14 * DAY
    };
    private static final int[] MONTH_STEPS = {
        1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24000
    };

    /**
     * Steps of 1, 2 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph Labels", Graphics
     * Gems, 1990).
     *
     * @param about how many ticks to aim at
     */
    static Ticks of(double min, double max, int about) {
        double least = min;
        double most = max;
        double finest = Math.ulp(Math.max(Math.abs(least), Math.abs(most))) * 1000;
        if (most - least <= finest) {
            double pad = least == 0 ? 1 : Math.abs(least) * 0.5;
            least -= pad;
            most += pad;
        }
        double step = niceStep((most - least) / Math.max(1, about));
        double low = Math.floor(least / step + 1e-9) * step;
        double high = Math.ceil(most / step - 1e-9) * step;
        List<Tick> ticks = new ArrayList<>();
        long count = Math.round((high - low) / step);
        for (long i = 0; i <= count && i <= 50; i++) {
            double at = low + i * step;
            ticks.add(new Tick(at, Numbers.tick(at, step)));
        }
        return new Ticks(low, high, ticks);
    }

    static double niceStep(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        double nice = lead < 1.5 ? 1 : lead < 3 ? 2 : lead < 7 ? 5 : 10;
        return nice * power;
    }

    /**
     * An axis of times; its range is the data's own.
     *
     * @param min seconds since 1970
     */
    static Ticks ofTime(double min, double max, int most) {
        double low = min;
        double high = max > min ? max : min + DAY;
        for (double step : CLOCK_STEPS) {
            if ((high - low) / step <= most) {
                return new Ticks(low, high, clockTicks(low, high, step));
            }
        }
        for (int months : MONTH_STEPS) {
            if ((high - low) / (months * 30.44 * DAY) <= most) {
                return new Ticks(low, high, monthTicks(low, high, months));
            }
        }
        return new Ticks(low, high, List.of());
    }

    private static List<Tick> clockTicks(double low, double high, double step) {
        String pattern =
                step >= DAY
                        ? "d MMM"
                        : step >= HOUR ? "d MMM HH:mm" : step >= MINUTE ? "HH:mm" : "HH:mm:ss";
        List<Tick> ticks = new ArrayList<>();
        for (double at = Math.ceil(low / step) * step; at <= high; at += step) {
            ticks.add(new Tick(at, label(at, pattern)));
        }
        return ticks;
    }

    private static List<Tick> monthTicks(double low, double high, int months) {
        LocalDateTime start = time(low);
        long first = Math.floorDiv(start.getYear() * 12L + start.getMonthValue() - 1, months);
        List<Tick> ticks = new ArrayList<>();
        for (long i = first; ticks.size() <= 50; i++) {
            long month = i * months;
            LocalDateTime at =
                    LocalDateTime.of(
                            (int) Math.floorDiv(month, 12L),
                            (int) Math.floorMod(month, 12L) + 1,
                            1,
                            0,
                            0);
            double seconds = at.toEpochSecond(ZoneOffset.UTC);
            if (seconds > high) {
                break;
            }
            if (seconds >= low) {
                ticks.add(new Tick(seconds, label(seconds, months >= 12 ? "yyyy" : "MMM yyyy")));
            }
        }
        return ticks;
    }

    static String label(double seconds, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time(seconds));
    }

    private static LocalDateTime time(double seconds) {
        return LocalDateTime.ofInstant(Instant.ofEpochSecond((long) seconds), ZoneOffset.UTC);
    }

    /** Where a value stands between two ends of a line. */
    double at(double value, double from, double to) {
        return from + (value - low) / (high - low) * (to - from);
    }
}
