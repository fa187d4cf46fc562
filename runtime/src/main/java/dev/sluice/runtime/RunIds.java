package dev.sluice.runtime;

import dev.sluice.model.RunId;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes run ids: rising, and never the same twice from one owner of a data directory. Each
 * millisecond starts at a random place, so that ids of different directories rarely meet.
 * Thread-safe.
 */
final class RunIds {
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong last = new AtomicLong();

    RunIds(Clock clock) {
        this.clock = clock;
    }

    RunId next() {
        long millis = clock.nowMicros() / 1000;
        return new RunId(
                last.updateAndGet(before -> {
                    long candidate = RunId.of(millis, 0).value();
                    return before >> RunId.SEQUENCE_BITS >= candidate >> RunId.SEQUENCE_BITS
                            ? before + 1
                            : candidate | random.nextInt(1 << (RunId.SEQUENCE_BITS - 1));
                }));
    }
}
