package dev.sluice.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** {@code ./sluice bench [NAME [ARGUMENT]]}: figures as a Markdown table, and the machine. */
public final class Main {
    private static final String USAGE =
            """
            usage: sluice bench [NAME]
              engine              what the engine costs with tasks that do nothing (default)
              idle                start to ready, idle memory, idle CPU
              workflows FOLDER    every graph of a folder of WfInstances
              history [RUNS]      whether a run costs the same after many (default 1000000)
              sql [GIGABYTES]     an sql task over bare DuckDB (default 1)
              python              a sandboxed python task over the bare interpreter
              cli [LAUNCHER]      whole commands (default ./sluice)
            Files go to a folder of their own in java.io.tmpdir, removed at the end; it should be on
            a real disk: SLUICE_JAVA_OPTIONS=-Djava.io.tmpdir=FOLDER
            """;

    private Main() {}

    public static void main(String[] args) throws Exception {
        List<String> words = args.length == 0 ? List.of("engine") : List.of(args);
        Path folder =
                Files.createTempDirectory(
                        Path.of(System.getProperty("java.io.tmpdir")), "sluice-bench");
        int code;
        try {
            code = run(words, folder, System.out) ? 0 : 2;
        } finally {
            remove(folder);
        }
        System.exit(code);
    }

    private static boolean run(List<String> words, Path folder, PrintStream out) throws Exception {
        String argument = words.size() > 1 ? words.get(1) : "";
        switch (words.getFirst()) {
            case "engine" -> {
                machine(folder, out);
                try (Floor floor = new Floor(folder.resolve("floor.db"));
                        LocalRuns runs = new LocalRuns(folder.resolve("data"))) {
                    new EngineBench(runs, out).engine(floor);
                }
            }
            case "workflows" -> {
                if (argument.isEmpty()) {
                    System.err.print("bench workflows: which folder?\n" + USAGE);
                    return false;
                }
                machine(folder, out);
                try (LocalRuns runs = new LocalRuns(folder.resolve("data"))) {
                    new EngineBench(runs, out).workflows(Path.of(argument));
                }
            }
            case "history" -> {
                machine(folder, out);
                int count = argument.isEmpty() ? 1_000_000 : Integer.parseInt(argument);
                EngineBench.history(folder.resolve("data"), count, out);
            }
            case "idle" -> {
                machine(folder, out);
                new IdleBench(folder, out).idle();
            }
            case "sql" -> {
                machine(folder, out);
                new SqlBench(folder, out)
                        .sql(argument.isEmpty() ? 1 : Double.parseDouble(argument));
            }
            case "python" -> {
                machine(folder, out);
                new PythonBench(folder, out).python();
            }
            case "cli" -> {
                machine(folder, out);
                new CliBench(folder, argument.isEmpty() ? "./sluice" : argument, out).cli();
            }
            default -> {
                System.err.print("bench: there is no \"" + words.getFirst() + "\"\n" + USAGE);
                return false;
            }
        }
        out.printf("%nLoad at the end: %s%n", load());
        return true;
    }

    private static void machine(Path folder, PrintStream out) throws IOException {
        out.printf(
                "%d processors, Java %s, Linux %s, %s, load %s, %s%n%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                System.getProperty("os.version"),
                Files.getFileStore(folder).type(),
                load(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
