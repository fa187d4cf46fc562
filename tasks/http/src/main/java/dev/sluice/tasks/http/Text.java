package dev.sluice.tasks.http;

/** Foreign text made fit for a log line. */
final class Text {
    private Text() {}

    /** On one line, without control characters, cut at a length in characters. */
    static String printable(String foreign, int max) {
        String cut = foreign.length() <= max ? foreign : foreign.substring(0, max) + "…";
        return cut.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
