package dev.sluice.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How text, sizes and times are written for people; none of it can steer a terminal. */
final class Texts {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Texts() {}

    /** RFC 3339, UTC, six fractional digits. */
    static String time(long epochMicros) {
        return MICROS.format(Instant.EPOCH.plus(epochMicros, java.time.temporal.ChronoUnit.MICROS));
    }

    /** One line that cannot steer a terminal: control and direction characters become visible. */
    static String line(String text) {
        return escape(text, false);
    }

    /** Like {@link #line}, but line ends and tabs stay. */
    static String block(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean keepLines) {
        int i = 0;
        while (i < text.length() && isHarmless(text.charAt(i), keepLines)) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, i);
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isHarmless(c, keepLines)) {
                out.append(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else {
                switch (c) {
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\t' -> out.append("\\t");
                    default -> out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                }
            }
        }
        return out.toString();
    }

    /** Bidirectional controls (Unicode TR 36) could show other text than there is. */
    private static boolean isHarmless(char c, boolean keepLines) {
        if (c < 0x20) {
            return keepLines && (c == '\n' || c == '\t');
        }
        return c < 0x7f
                || (c > 0x9f
                        && !Character.isSurrogate(c)
                        && !(c >= '\u200b' && c <= '\u200f')
                        && !(c >= '\u2028' && c <= '\u202e')
                        && !(c >= '\u2060' && c <= '\u206f')
                        && c != '\ufeff');
    }

    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double size = bytes;
        for (String unit : new String[] {"kB", "MB", "GB", "TB"}) {
            size /= 1000;
            if (size < 999.5) {
                return String.format(Locale.ROOT, size < 9.95 ? "%.1f %s" : "%.0f %s", size, unit);
            }
        }
        return String.format(Locale.ROOT, "%.0f PB", size / 1000);
    }

    /** {@code 12 ms}, {@code 3.4 s}, {@code 2 min 05 s}, {@code 3 h 07 min}. */
    static String duration(long micros) {
        long millis = Math.max(0, micros) / 1000;
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = TimeUnit.MILLISECONDS.toSeconds(millis);
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }

    /** {@code 12,345 rows}; {@code 1 row}. */
    static String count(long count, String one) {
        return String.format(Locale.ROOT, "%,d ", count) + (count == 1 ? one : one + "s");
    }
}
