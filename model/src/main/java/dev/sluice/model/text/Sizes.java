package dev.sluice.model.text;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts of bytes as flows write them: {@code 512Mi} (powers of 1024), {@code 500M} (powers of
 * 1000), {@code 1048576}.
 */
public final class Sizes {
    /** What to say was expected. */
    public static final String FORM = "a size such as 512Mi, 2Gi or 500M";

    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,6})?)(?:([KMGT]i|[kKMGT])?B?)");

    private Sizes() {}

    /** The bytes, or empty if the text is no size. */
    public static OptionalLong parse(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        String unit = size.group(2) == null ? "" : size.group(2);
        double base = unit.endsWith("i") ? 1024 : 1000;
        int power = unit.isEmpty() ? 0 : "KMGT".indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
        double bytes = Double.parseDouble(size.group(1)) * Math.pow(base, power);
        return bytes > 1L << 60 ? OptionalLong.empty() : OptionalLong.of((long) bytes);
    }
}
