package dev.sluice.runtime;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time of events, in the journal's unit: that of the wall clock, but when the wall clock is set
 * back it goes on from where it was, as fast as time passes, so that nothing that is due waits for
 * the wall clock to catch up. Thread-safe.
 */
final class Clock {
    private final InstantSource wall;
    private final LongSupplier nanos;
    private long lastMicros;
    private long lastNanos;

    Clock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.lastMicros = wallMicros();
        this.lastNanos = nanos.getAsLong();
    }

    static Clock system() {
        return new Clock(InstantSource.system(), System::nanoTime);
    }

    /** Microseconds since 1970, never less than before. */
    synchronized long nowMicros() {
        long passed = (nanos.getAsLong() - lastNanos) / 1000;
        lastNanos += passed * 1000;
        lastMicros = Math.max(wallMicros(), lastMicros + passed);
        return lastMicros;
    }

    /** What the wall clock shows: for what others measure by it, such as the age of files. */
    long wallMicros() {
        Instant now = wall.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
}
