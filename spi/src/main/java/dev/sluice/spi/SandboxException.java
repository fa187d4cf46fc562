package dev.sluice.spi;

/**
 * A process that could not be started confined: says what is missing and how to get it. Nothing has
 * run.
 */
public final class SandboxException extends Exception {
    private static final long serialVersionUID = 1;

    public SandboxException(String message) {
        super(message);
    }
}
