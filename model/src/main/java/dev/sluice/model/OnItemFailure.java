package dev.sluice.model;

/** What a {@code foreach} does when an item fails for good. */
public enum OnItemFailure {
    /** Starts no new items; the task fails. */
    STOP,
    /** Runs all items; the task fails at the end. */
    CONTINUE
}
