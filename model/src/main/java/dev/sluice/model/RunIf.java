package dev.sluice.model;

/** When a task runs, given how its needs ended. */
public enum RunIf {
    /** Every need succeeded. */
    SUCCESS,
    /**
     * Every need has ended and at least one is FAILED, without {@code continue_on_error}. A need
     * that could not run because of another's failure does not count.
     */
    FAILURE,
    /** Every need has ended. */
    ALWAYS
}
