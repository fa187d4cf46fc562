package dev.sluice.spi;

/**
 * The store could not do it: says which file or database, why, and the remedy. Nothing was
 * half-written.
 */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }
}
