package dev.sluice.model;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant by a name that is not there. */
public final class Spelling {
    /** Longer names are no slips of the finger. */
    private static final int LONGEST_COMPARED = 80;

    private Spelling() {}

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
