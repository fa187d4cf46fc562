package dev.sluice.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;

/** A Markdown table, printed row by row as the figures come. */
final class Table {
    private final PrintStream out;

    Table(PrintStream out, String... columns) {
        this.out = out;
        cells(columns);
        out.println("|" + "---|".repeat(columns.length));
    }

    /** The columns that {@link #figure} fills. */
    static Table ofFigures(PrintStream out) {
        return new Table(out, "figure", "target", "median", "range");
    }

    void cells(String... cells) {
        out.println("| " + String.join(" | ", cells) + " |");
        out.flush();
    }

    /**
     * @param target what it has to reach, in words, or empty
     */
    void figure(String name, String target, double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        cells(name, target, number(median(sorted)), range(sorted));
    }

    private static String range(double[] sorted) {
        return sorted.length == 1
                ? ""
                : number(sorted[0]) + " to " + number(sorted[sorted.length - 1]);
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
