package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/** Two texts compared line by line, as {@code diff -u} writes it: one hunk of all that changed. */
final class UnifiedDiff {
    private static final int CONTEXT = 3;

    /** Beyond so many pairs of lines the middle is told as a whole. */
    private static final long PAIRS_MAX = 4_000_000;

    private UnifiedDiff() {}

    /** Nothing if the texts are equal. */
    static List<String> lines(String oldName, String oldText, String newName, String newText) {
        List<String> a = oldText.lines().toList();
        List<String> b = newText.lines().toList();
        int head = 0;
        while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(a.size(), b.size()) - head
                && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
            tail++;
        }
        if (head == a.size() && head == b.size()) {
            return List.of();
        }
        int from = Math.max(0, head - CONTEXT);
        int after = Math.min(CONTEXT, tail);
        List<String> out = new ArrayList<>();
        out.add("--- " + oldName);
        out.add("+++ " + newName);
        out.add(
                "@@ -"
                        + (from + 1)
                        + ","
                        + (a.size() - tail + after - from)
                        + " +"
                        + (from + 1)
                        + ","
                        + (b.size() - tail + after - from)
                        + " @@");
        a.subList(from, head).forEach(line -> out.add(" " + line));
        middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail), out);
        a.subList(a.size() - tail, a.size() - tail + after).forEach(line -> out.add(" " + line));
        return out;
    }

    /** The longest common subsequence, by the table of its lengths. */
    private static void middle(List<String> a, List<String> b, List<String> out) {
        if ((long) a.size() * b.size() > PAIRS_MAX) {
            a.forEach(line -> out.add("-" + line));
            b.forEach(line -> out.add("+" + line));
            return;
        }
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] =
                        a.get(i).equals(b.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
                out.add(" " + a.get(i++));
                j++;
            } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
                out.add("-" + a.get(i++));
            } else {
                out.add("+" + b.get(j++));
            }
        }
    }
}
