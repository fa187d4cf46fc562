package dev.sluice.model.text;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What tasks, inputs and outputs may be called. */
public final class Names {
    /** Reserved by CEL's grammar (github.com/google/cel-spec, langdef.md, "Syntax"). */
    private static final Set<String> CEL =
            Set.of(
                    ("as break const continue else false for function if import in let loop null"
                                    + " namespace package return true var void while")
                            .split(" "));

    /**
     * Reserved by DuckDB: {@code duckdb_keywords()} of category "reserved", as the bundled one has
     * it (tested in tasks/table).
     */
    private static final Set<String> DUCKDB =
            Set.of(
                    ("all analyse analyze and any array as asc asymmetric both case cast check"
                                    + " collate column constraint create default deferrable desc"
                                    + " describe distinct do else end except false fetch for"
                                    + " foreign from group having in initially intersect into"
                                    + " lambda lateral leading limit not null offset on only or"
                                    + " order pivot pivot_longer pivot_wider placing primary"
                                    + " qualify references returning select show some summarize"
                                    + " symmetric table then to trailing true union unique unpivot"
                                    + " using variadic when where window with")
                            .split(" "));

    private static final Pattern TASK = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    private Names() {}

    /** What is wrong with a task's id, or null. */
    static @Nullable String taskIdFault(String id) {
        if (!TASK.matcher(id).matches()) {
            String fixed = id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
            boolean fits = TASK.matcher(fixed).matches();
            return " (expected: [a-z][a-z0-9_]*, at most 63 characters"
                    + (fits ? ", such as \"" + fixed + "\")" : ")");
        }
        return reserved(id);
    }

    /** What is wrong with the name of an input or output, or null. */
    public static @Nullable String fieldFault(String name) {
        if (!FIELD.matcher(name).matches()) {
            return " (expected: letters, digits and _, at most 63 characters)";
        }
        return CEL.contains(name)
                ? " is a reserved word in expressions (expected: another name, such as \""
                        + name
                        + "_\")"
                : null;
    }

    private static @Nullable String reserved(String id) {
        String where = CEL.contains(id) ? "expressions" : DUCKDB.contains(id) ? "SQL" : null;
        return where == null
                ? null
                : " is a reserved word in "
                        + where
                        + " (expected: another id, such as \""
                        + id
                        + "_1\")";
    }
}
