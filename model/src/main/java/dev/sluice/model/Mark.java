package dev.sluice.model;

/**
 * A place in a flow's text.
 *
 * @param line from 1
 * @param column from 1, in characters
 */
public record Mark(int line, int column) implements Comparable<Mark> {
    public static final Mark START = new Mark(1, 1);

    @Override
    public int compareTo(Mark other) {
        return line != other.line
                ? Integer.compare(line, other.line)
                : Integer.compare(column, other.column);
    }

    /** The place this many characters further on the same line. */
    public Mark plusColumns(int columns) {
        return new Mark(line, column + columns);
    }
}
