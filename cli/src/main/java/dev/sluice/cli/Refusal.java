package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/**
 * What was asked cannot be done, and nothing has changed. The message says what was asked, why not,
 * and the remedy.
 */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    public Refusal(Reason reason, String message) {
        this(reason, message, null);
    }

    public Refusal(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Whose fault it is: decides the exit code. */
    public enum Reason {
        INVALID,
        NOT_FOUND,
        CONFLICT,
        UNAVAILABLE;

        int exitCode() {
            return switch (this) {
                case INVALID, NOT_FOUND, CONFLICT -> ExitCode.WRONG_INPUT;
                case UNAVAILABLE -> ExitCode.ENVIRONMENT;
            };
        }
    }
}
