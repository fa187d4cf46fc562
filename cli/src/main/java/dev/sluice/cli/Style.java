package dev.sluice.cli;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;

/**
 * How states look in a terminal: a colour, an icon and a word, so that each tells it without the
 * others.
 *
 * @param colour whether escape sequences may be used
 */
record Style(boolean colour) {
    private static final String RESET = "\u001b[0m";

    String bold(String text) {
        return wrap("1", text);
    }

    String dim(String text) {
        return wrap("2", text);
    }

    String red(String text) {
        return wrap("31", text);
    }

    String green(String text) {
        return wrap("32", text);
    }

    String amber(String text) {
        return wrap("33", text);
    }

    private String wrap(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + RESET : text;
    }

    /** Icon and word. */
    String show(TaskState state) {
        return wrap(colourOf(state), icon(state) + " " + word(state));
    }

    String show(RunState state) {
        return switch (state) {
            case QUEUED -> wrap("90", "○ queued");
            case RUNNING -> wrap("34", "◐ running");
            case PAUSED -> wrap("33", "‖ paused");
            case SUCCEEDED -> wrap("32", "✔ succeeded");
            case FAILED -> wrap("31", "✘ failed");
            case CANCELLED -> wrap("90", "■ cancelled");
        };
    }

    String icon(TaskState state, String text) {
        return wrap(colourOf(state), icon(state)) + " " + text;
    }

    static String word(TaskState state) {
        return switch (state) {
            case PENDING -> "pending";
            case READY -> "ready";
            case RUNNING -> "running";
            case RETRYING -> "retrying";
            case PAUSED -> "waiting";
            case SUCCEEDED -> "succeeded";
            case FAILED -> "failed";
            case SKIPPED -> "skipped";
            case CANCELLED -> "cancelled";
            case CACHED -> "cached";
            case UPSTREAM_FAILED -> "upstream failed";
        };
    }

    private static String icon(TaskState state) {
        return switch (state) {
            case PENDING -> "·";
            case READY -> "○";
            case RUNNING -> "◐";
            case RETRYING -> "↻";
            case PAUSED -> "‖";
            case SUCCEEDED -> "✔";
            case FAILED -> "✘";
            case SKIPPED -> "–";
            case CANCELLED -> "■";
            case CACHED -> "↯";
            case UPSTREAM_FAILED -> "✗";
        };
    }

    private static String colourOf(TaskState state) {
        return switch (state) {
            case PENDING, READY, SKIPPED, CANCELLED -> "90";
            case RUNNING, RETRYING -> "34";
            case PAUSED -> "33";
            case SUCCEEDED -> "32";
            case FAILED, UPSTREAM_FAILED -> "31";
            case CACHED -> "36";
        };
    }
}
