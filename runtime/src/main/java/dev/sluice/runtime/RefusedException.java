package dev.sluice.runtime;

/**
 * A request that cannot be granted: nothing has changed. The message says what was asked, why not,
 * and the remedy.
 */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    public RefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Whose fault it is: decides exit codes and HTTP status. */
    public enum Reason {
        /** The request is wrong: a missing input, a wrong type, an unknown task. */
        INVALID,
        NOT_FOUND,
        /** The run's state does not allow it. */
        CONFLICT,
        /** The environment cannot: a full disk, a missing interpreter. */
        UNAVAILABLE
    }
}
