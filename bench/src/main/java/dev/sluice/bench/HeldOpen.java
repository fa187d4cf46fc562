package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The engine held open on a data directory until standard input ends. Says {@code ready} when it
 * accepts runs and {@code done} when the first has ended.
 */
final class HeldOpen {
    private HeldOpen() {}

    public static void main(String[] args) throws Exception {
        try (LocalRuns runs = new LocalRuns(Path.of(args[0]))) {
            runs.save(Flows.one());
            System.out.println("ready");
            runs.start("one").get();
            System.out.println("done");
            untilInputEnds();
        }
        System.exit(0);
    }

    private static void untilInputEnds() throws IOException {
        int read;
        do {
            read = System.in.read();
        } while (read >= 0);
    }
}
