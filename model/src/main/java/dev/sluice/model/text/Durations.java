package dev.sluice.model.text;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lengths of time as flows write them: {@code 250ms}, {@code 2s}, {@code 1m30s}, {@code 1.5h}; at
 * most a hundred years, so that they fit microseconds in 64 bits many times over.
 */
public final class Durations {
    /** What to say was expected. */
    public static final String FORM = "a duration such as 250ms, 30s, 1m30s, 2h or 7d";

    private static final Duration MAX = Duration.ofDays(36_500);
    private static final Pattern PART =
            Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(ms|s|m|h|d)");

    private Durations() {}

    /** The duration, or null if the text is none. */
    public static @Nullable Duration parse(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int at = 0;
        while (at < text.length() && sum.compareTo(MAX) <= 0) {
            if (!part.find(at) || part.start() != at) {
                return null;
            }
            long unitMicros =
                    switch (part.group(2)) {
                        case "ms" -> 1_000L;
                        case "s" -> 1_000_000L;
                        case "m" -> 60_000_000L;
                        case "h" -> 3_600_000_000L;
                        default -> 86_400_000_000L;
                    };
            BigDecimal micros =
                    new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unitMicros));
            BigDecimal[] seconds = micros.divideAndRemainder(BigDecimal.valueOf(1_000_000));
            sum = sum.plusSeconds(seconds[0].longValue()).plusNanos(seconds[1].longValue() * 1_000);
            at = part.end();
        }
        return text.isEmpty() || sum.compareTo(MAX) > 0 ? null : sum;
    }
}
