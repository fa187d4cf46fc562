package dev.sluice.model.text;

import dev.sluice.model.Value;
import java.util.Locale;
import java.util.regex.Pattern;

/** What an unquoted scalar means: YAML 1.2.2, §10.3.2, the core schema. */
final class CoreSchema {
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private CoreSchema() {}

    /**
     * @throws NumberFormatException for a number that is infinite, no number, or beyond 64 bits
     */
    static Value valueOf(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> Value.Null.NULL;
            case "true", "True", "TRUE" -> Value.of(true);
            case "false", "False", "FALSE" -> Value.of(false);
            default -> number(text);
        };
    }

    private static Value number(String text) {
        char first = text.charAt(0);
        if (first > '9' || (first < '0' && first != '-' && first != '+' && first != '.')) {
            return Value.of(text);
        }
        int sign = first == '-' || first == '+' ? 1 : 0;
        String word = text.substring(sign).toLowerCase(Locale.ROOT);
        if (word.equals(".inf") || text.toLowerCase(Locale.ROOT).equals(".nan")) {
            throw new NumberFormatException(text);
        }
        if (allDigits(text, sign, 10)) {
            return Value.of(Long.parseLong(text));
        }
        if (text.startsWith("0x") && allDigits(text, 2, 16)) {
            return Value.of(Long.parseLong(text.substring(2), 16));
        }
        if (text.startsWith("0o") && allDigits(text, 2, 8)) {
            return Value.of(Long.parseLong(text.substring(2), 8));
        }
        if (!FLOAT.matcher(text).matches()) {
            return Value.of(text);
        }
        double number = Double.parseDouble(text);
        if (!Double.isFinite(number)) {
            throw new NumberFormatException(text);
        }
        return Value.of(number);
    }

    private static boolean allDigits(String text, int from, int radix) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) > 127 || Character.digit(text.charAt(i), radix) < 0) {
                return false;
            }
        }
        return from < text.length();
    }
}
