package dev.sluice.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code ./sluice bench [engine | workflows FOLDER | history [RUNS]]}: figures as rows of a
 * Markdown table.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        Path folder =
                Files.createTempDirectory(
                        Path.of(System.getProperty("java.io.tmpdir")), "sluice-bench");
        String what = args.length == 0 ? "engine" : args[0];
        System.out.printf(
                "%d processors, Java %s, load %s, %s%n%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                java.time.Instant.now());
        System.out.println("| figure | median | range |\n|---|---|---|");
        try (LocalRuns runs = new LocalRuns(folder.resolve("data"));
                Floor floor = new Floor(folder.resolve("floor.db"))) {
            EngineBench bench = new EngineBench(runs, floor, System.out);
            switch (what) {
                case "engine" -> bench.engine();
                case "workflows" -> bench.workflows(Path.of(args[1]));
                case "history" ->
                        bench.history(args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000);
                default -> {
                    System.err.println(
                            "bench: "
                                    + what
                                    + " (expected: engine, workflows FOLDER, or history [RUNS])");
                    System.exit(2);
                }
            }
        }
        System.exit(0);
    }
}
