package dev.sluice.runtime;

import java.time.Instant;
import java.time.InstantSource;

/** The wall clock in the journal's unit. */
record Clock(InstantSource source) {
    static final Clock SYSTEM = new Clock(InstantSource.system());

    /** Microseconds since 1970. */
    long nowMicros() {
        Instant now = source.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
}
