package dev.sluice.tasks.document;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers as people read them, the same on every machine. */
final class Numbers {
    private static final double TOO_LONG = 1e15;

    private Numbers() {}

    /** A whole number with its thousands apart. */
    static String count(long number) {
        return grouped(0).format(number);
    }

    /** At most this many significant digits, without trailing zeros. */
    static String significant(double number, int digits) {
        if (number == 0) {
            return "0";
        }
        double size = Math.abs(number);
        if (size >= TOO_LONG || size < 1e-6) {
            return String.format(Locale.ROOT, "%." + (digits - 1) + "e", number)
                    .replaceFirst("\\.?0+e", "e");
        }
        BigDecimal exact = BigDecimal.valueOf(number);
        // Digits left of the point are never dropped: 1234567 is not 1230000.
        int left = exact.precision() - exact.scale();
        BigDecimal rounded =
                exact.round(new MathContext(Math.max(digits, left), RoundingMode.HALF_UP));
        return grouped(Math.max(0, rounded.scale())).format(rounded);
    }

    /** A tick of an axis whose ticks are this far apart. */
    static String tick(double number, double step) {
        double value = Math.abs(number) < step * 1e-9 ? 0 : number;
        double size = Math.abs(step);
        if (size >= 1e9) {
            return tick(value, step, 1e9, "G");
        }
        if (size >= 1e6) {
            return tick(value, step, 1e6, "M");
        }
        if (size < 1e-6) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        return tick(value, step, 1, "");
    }

    private static String tick(double value, double step, double unit, String suffix) {
        int decimals = Math.clamp((int) Math.ceil(-Math.log10(step / unit) - 1e-9), 0, 9);
        DecimalFormat format = grouped(decimals);
        // Labels below each other have their points below each other.
        format.setMinimumFractionDigits(decimals);
        return format.format(value / unit) + (value == 0 ? "" : suffix);
    }

    private static DecimalFormat grouped(int decimals) {
        DecimalFormat format =
                new DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setMaximumFractionDigits(decimals);
        format.setRoundingMode(RoundingMode.HALF_UP);
        return format;
    }
}
