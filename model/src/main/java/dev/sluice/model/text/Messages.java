package dev.sluice.model.text;

import dev.sluice.model.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Words that all complaints about a flow's text share. */
public final class Messages {
    /** How many problems of one text are told. */
    public static final int MAX_PROBLEMS = 200;

    private static final int MAX_SHOWN = 60;
    private static final int MAX_LISTED = 12;

    private Messages() {}

    /** A user's text, cut so that a message stays one readable line. */
    public static String shortened(String text) {
        String line = text.replace('\n', ' ').replace('\r', ' ');
        return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
    }

    /** In quotes, shortened. */
    public static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    /**
     * What was expected instead of an unknown name: the nearest one, else all of them if they are
     * few.
     *
     * @return {@code (did you mean "x"?)}, {@code (expected: x, y or z)}, or nothing
     */
    public static String instead(String name, Collection<String> candidates) {
        String nearest = Spelling.nearest(name, candidates);
        if (nearest != null) {
            return " (did you mean \"" + nearest + "\"?)";
        }
        if (candidates.isEmpty() || candidates.size() > MAX_LISTED) {
            return "";
        }
        return " (expected: " + either(candidates) + ")";
    }

    /** {@code a, b or c}. */
    public static String either(Collection<String> names) {
        List<String> all = new ArrayList<>(names);
        if (all.size() < 2) {
            return String.join("", all);
        }
        int last = all.size() - 1;
        return String.join(", ", all.subList(0, last)) + " or " + all.get(last);
    }
}
