package dev.sluice.model;

/** When a task runs, given how its needs ended. */
public enum RunIf {
    /** Every need succeeded. */
    SUCCESS,
    /** Every need has ended and at least one failed. */
    FAILURE,
    /** Every need has ended. */
    ALWAYS
}
