package dev.sluice.engine;

/**
 * An expression that has no result for these values; the message names the expression and the
 * offending value.
 */
public final class ExpressionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ExpressionException(String message) {
        super(message);
    }
}
