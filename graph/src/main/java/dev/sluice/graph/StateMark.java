package dev.sluice.graph;

import dev.sluice.model.TaskState;

/**
 * How a state looks: a colour for each theme, a word, and a shape that tells it without colour.
 *
 * @param glyph SVG shapes in a 16 by 16 box; strokes and fills take the current colour
 */
record StateMark(String word, String light, String dark, String glyph) {
    private static final String RED_LIGHT = "#c8323c";
    private static final String RED_DARK = "#ff7b81";
    private static final String BLUE_LIGHT = "#1d6fd1";
    private static final String BLUE_DARK = "#6cb2ff";

    static StateMark of(TaskState state) {
        return switch (state) {
            case PENDING -> new StateMark("pending", "#7d8896", "#8b97a6", dot());
            case READY -> new StateMark("ready", "#667282", "#a3afbd", ring(""));
            case RUNNING ->
                    new StateMark("running", BLUE_LIGHT, BLUE_DARK, line("M8 2a6 6 0 1 1-5.2 3"));
            case RETRYING ->
                    new StateMark(
                            "retrying",
                            BLUE_LIGHT,
                            BLUE_DARK,
                            line("M13.5 8a5.5 5.5 0 1 1-1.7-4M13.8 1.5v3.2h-3.2"));
            case PAUSED ->
                    new StateMark("paused", "#a35f00", "#f2b04a", ring("M6.2 5.6v4.8M9.8 5.6v4.8"));
            case SUCCEEDED ->
                    new StateMark(
                            "succeeded", "#1a7f4b", "#55cf8e", full("M4.9 8.3l2.1 2.1 4.1-4.6"));
            case CACHED ->
                    new StateMark(
                            "cached",
                            "#0c7d82",
                            "#46cdd1",
                            full("M8.8 3.8L5.6 8.6h2.5l-.8 3.6 3.2-4.8H8z"));
            case SKIPPED -> new StateMark("skipped", "#7d8896", "#8b97a6", ring("M5.2 8h5.6"));
            case FAILED ->
                    new StateMark(
                            "failed",
                            RED_LIGHT,
                            RED_DARK,
                            full("M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"));
            case UPSTREAM_FAILED ->
                    new StateMark(
                            "upstream failed",
                            RED_LIGHT,
                            RED_DARK,
                            ring("M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"));
            case CANCELLED ->
                    new StateMark(
                            "cancelled",
                            "#667282",
                            "#a3afbd",
                            "<rect x=\"3\" y=\"3\" width=\"10\" height=\"10\" rx=\"2\" class=\"sluice-fill\"/>");
        };
    }

    private static String dot() {
        return "<circle cx=\"8\" cy=\"8\" r=\"3\" class=\"sluice-fill\"/>";
    }

    private static String ring(String path) {
        return "<circle cx=\"8\" cy=\"8\" r=\"6\" class=\"sluice-line\"/>" + line(path);
    }

    private static String full(String path) {
        return "<circle cx=\"8\" cy=\"8\" r=\"7\" class=\"sluice-fill\"/><path d=\""
                + path
                + "\" class=\"sluice-cut\"/>";
    }

    private static String line(String path) {
        return path.isEmpty() ? "" : "<path d=\"" + path + "\" class=\"sluice-line\"/>";
    }
}
