package dev.sluice.compiler;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CEL's complaints in a user's words. */
final class CelWords {
    private static final Pattern NO_OVERLOAD =
            Pattern.compile(
                    "found no matching overload for '([^']+)' applied to '\\((.*?)\\)'.*",
                    Pattern.DOTALL);
    private static final Pattern NOTHING_FITS =
            Pattern.compile("No matching overload for function '([^']+)'.*", Pattern.DOTALL);
    private static final Pattern PLACE =
            Pattern.compile("^evaluation error(?: at <input>:\\d+)?: ");
    private static final Pattern OPERATOR = Pattern.compile("_?([^_\\w]+)_?");

    private CelWords() {}

    static String plain(String message) {
        String text = PLACE.matcher(message).replaceFirst("");
        Matcher overload = NO_OVERLOAD.matcher(text);
        if (overload.matches()) {
            String types = wrapped(overload.group(2));
            return "\""
                    + function(overload.group(1))
                    + "\" does not take "
                    + (types.isEmpty() ? "nothing" : types.replace(", ", " and "));
        }
        Matcher noOverload = NOTHING_FITS.matcher(text);
        if (noOverload.matches()) {
            return "\""
                    + function(noOverload.group(1))
                    + "\" does not take these values (perhaps one is null)";
        }
        if (text.contains("mismatched input '<EOF>'")) {
            return "the expression ends too early";
        }
        int expecting = text.indexOf(" expecting ");
        return (expecting < 0 ? text : text.substring(0, expecting))
                .replace(" (in container '')", "");
    }

    private static String function(String name) {
        if (name.equals("_?_:_")) {
            return "? :";
        }
        Matcher operator = OPERATOR.matcher(name);
        return operator.matches() ? operator.group(1) : name.replace("@", "");
    }

    private static String wrapped(String types) {
        return types.replaceAll("wrapper\\(([a-z]+)\\)", "$1")
                .replace("int", "integer")
                .replace("double", "number")
                .replace("bool", "boolean")
                .replace("list(dyn)", "list")
                .replace("map(string, dyn)", "map");
    }
}
