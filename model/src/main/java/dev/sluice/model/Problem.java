package dev.sluice.model;

/**
 * One mistake in a flow's text: a value, never an exception, so that all of a file's mistakes are
 * told at once.
 *
 * @param message subject, offending value, what was expected and, where there is one, the nearest
 *     valid name
 */
public record Problem(Mark mark, String message) implements Comparable<Problem> {
    @Override
    public int compareTo(Problem other) {
        int byPlace = mark.compareTo(other.mark);
        return byPlace != 0 ? byPlace : message.compareTo(other.message);
    }

    /** {@code file:line:col: message}, the file as the user gave it. */
    public String format(String file) {
        return file + ":" + mark.line() + ":" + mark.column() + ": " + message;
    }
}
