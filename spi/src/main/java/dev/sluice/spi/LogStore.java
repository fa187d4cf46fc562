package dev.sluice.spi;

import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;

/** The logs of attempts: one bounded file each, readable while it grows. Thread-safe. */
public interface LogStore {
    /** Opens the log of an attempt; {@code item} is -1 outside a foreach. */
    Log open(TenantId tenant, RunId run, String task, int item, int attempt) throws IOException;

    /** Where that log is, whether or not it exists. */
    Path path(TenantId tenant, RunId run, String task, int item, int attempt);

    /** Removes all logs of a run. */
    void remove(TenantId tenant, RunId run) throws IOException;

    /** An open log. Thread-safe; never fails the attempt: what cannot be written is counted. */
    interface Log extends AutoCloseable {
        /**
         * Adds a line with its time; beyond the limit it is counted and dropped, and the end of the
         * log says so.
         */
        void line(String text);

        @Override
        void close();
    }
}
