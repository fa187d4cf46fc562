package dev.sluice.spi;

/**
 * An attempt that failed. The message is for people: subject, offending value, what was expected,
 * the remedy.
 */
public final class TaskException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean retryable;

    private TaskException(String message, boolean retryable) {
        super(message);
        this.retryable = retryable;
    }

    /** Trying again would end the same way. */
    public static TaskException terminal(String message) {
        return new TaskException(message, false);
    }

    /** Trying again might help: it is, if the task has a {@code retry}. */
    public static TaskException retryable(String message) {
        return new TaskException(message, true);
    }

    public boolean isRetryable() {
        return retryable;
    }
}
