package dev.sluice.sandbox.jail;

import java.time.Duration;
import java.util.Locale;

/** How the limits are told to the user: which, how much was allowed, and what was seen. */
final class Reasons {
    private Reasons() {}

    static String memory(long allowed, long seen) {
        return "memory limit " + bytes(allowed) + " exceeded at " + bytes(seen);
    }

    static String processes(int allowed, int seen) {
        return "process limit " + allowed + " exceeded at " + seen;
    }

    static String cpu(long allowedMillis, long seenMillis) {
        return "CPU limit " + seconds(allowedMillis) + " exceeded at " + seconds(seenMillis);
    }

    static String wall(Duration allowed) {
        return "wall-clock limit " + seconds(allowed.toMillis()) + " exceeded";
    }

    static String disk(long allowed, long seen) {
        return "disk limit " + bytes(allowed) + " exceeded at " + bytes(seen);
    }

    static String fileSize(long allowed) {
        return "disk limit " + bytes(allowed) + " exceeded by one file";
    }

    static String files(long allowed, long seen) {
        return "file limit " + allowed + " exceeded at " + seen;
    }

    private static String seconds(long millis) {
        return millis % 1000 == 0
                ? millis / 1000 + " s"
                : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    /** Whole mebibytes, or kibibytes below one. */
    static String bytes(long bytes) {
        return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
    }
}
