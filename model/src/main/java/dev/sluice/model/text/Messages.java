package dev.sluice.model.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Words that all complaints about a flow's text share. */
public final class Messages {
    /** How many problems of one text are told. */
    public static final int MAX_PROBLEMS = 200;

    private static final int MAX_SHOWN = 60;
    private static final int MAX_LISTED = 12;
    private static final int LONGEST_COMPARED = 80;

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
        String nearest = nearest(name, candidates);
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

    /** The name that a few slips of the finger turn into this one, or null. */
    public static @Nullable String nearest(String name, Collection<String> candidates) {
        if (name.length() > LONGEST_COMPARED) {
            return null;
        }
        String best = null;
        int least = Math.min(name.length(), Math.max(1, name.length() / 3) + 1);
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - name.length()) < least) {
                int distance = distance(name, candidate);
                if (distance < least) {
                    least = distance;
                    best = candidate;
                }
            }
        }
        return best;
    }

    /** Edits between two words: insert, delete, change, swap of neighbours (Damerau, OSA). */
    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            int[] spare = before;
            before = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
