package dev.sluice.sandbox.jail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends what a server that was killed left running. Its stamps are noted in a file beside the data,
 * which one server at a time owns, and the next one looks for them before it starts anything.
 */
final class Leftovers {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private Leftovers() {}

    /** Ends the processes of the server before, then notes the first stamp of this one. */
    static void end(Path note, Kernel kernel, long firstStamp, long stamps) {
        try {
            if (Files.exists(note)) {
                end(kernel, Long.parseLong(Files.readString(note).strip()), stamps);
            }
        } catch (IOException | NumberFormatException unreadable) {
            // written by nobody but this class: it was cut short, and its server started nothing
        }
        try {
            Files.writeString(note, Long.toString(firstStamp));
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + note + ": " + e.getMessage(), e);
        }
    }

    private static void end(Kernel kernel, long firstStamp, long stamps) {
        var processes = new Processes(firstStamp, firstStamp + stamps - 1);
        long start = System.nanoTime();
        do {
            processes.look(0);
            var living = processes.all().stream().filter(process -> !process.dead()).toList();
            if (living.isEmpty()) {
                return;
            }
            living.forEach(process -> kernel.kill(process.pid()));
            LockSupport.parkNanos(1_000_000);
        } while (System.nanoTime() - start < PATIENCE_NANOS);
    }
}
