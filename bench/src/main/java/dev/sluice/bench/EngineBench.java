package dev.sluice.bench;

import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What the engine costs with tasks that do nothing, everything durable. */
final class EngineBench {
    private static final int ROUNDS = 5;
    private static final int LATENCIES = 500;
    private static final int PAIRS = 11;
    private static final int FANS = 7;
    private static final int BURST = 20_000;
    private static final int HISTORY_STEP = 100_000;

    private final LocalRuns runs;
    private final PrintStream out;

    EngineBench(LocalRuns runs, PrintStream out) {
        this.runs = runs;
        this.out = out;
    }

    private record Figure(String name, String target) {}

    private static final List<Figure> FIGURES =
            List.of(
                    new Figure("one task, submit to durable end, p50, ms", "1.5"),
                    new Figure("one task, submit to durable end, p99, ms", "6"),
                    new Figure("2 bare SQLite commits, in turn with these runs, p50, ms", ""),
                    new Figure("2 bare SQLite commits, in turn with these runs, p99, ms", ""),
                    new Figure("chain of 40 tasks, ms", "25"),
                    new Figure("41 bare SQLite commits, in turn with the chains, ms", ""),
                    new Figure("a chain over the commits after it, median of pairs", "1.5"),
                    new Figure("1,000 parallel tasks and a join, ms", "60"),
                    new Figure("one-task runs a second", "over 20,000"),
                    new Figure("CPU a run, ms", "0.1"),
                    new Figure("store growth a run, bytes, log copied back", "600"));

    /**
     * Every figure of {@value #ROUNDS} rounds after one to warm up. A chain and the floor take
     * turns, so that their ratio is of the same moment.
     */
    void engine(Floor floor) throws Exception {
        runs.save(Flows.one());
        runs.save(Flows.chain(40));
        runs.save(Flows.fan(1000));
        List<double[]> rounds = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            double[] figures = round(floor);
            if (round > 0) {
                rounds.add(figures);
            }
        }
        Table table = Table.ofFigures(out);
        for (int i = 0; i < FIGURES.size(); i++) {
            int column = i;
            table.figure(
                    FIGURES.get(i).name(),
                    FIGURES.get(i).target(),
                    rounds.stream().mapToDouble(r -> r[column]).toArray());
        }
    }

    private double[] round(Floor floor) throws Exception {
        double[] one = new double[LATENCIES];
        double[] two = new double[LATENCIES];
        for (int i = 0; i < LATENCIES; i++) {
            one[i] = time("one");
            two[i] = floor.commits(2);
        }
        Arrays.sort(one);
        Arrays.sort(two);
        double[] chains = new double[PAIRS];
        double[] commits = new double[PAIRS];
        double[] ratios = new double[PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            chains[i] = time("chain40");
            commits[i] = floor.commits(41);
            ratios[i] = chains[i] / commits[i];
        }
        double fan = Table.median(times("fan1000", FANS));
        long store = runs.storeBytes();
        long cpu = cpuNanos();
        double perSecond = burst();
        double cpuMillis = (cpuNanos() - cpu) / 1e6 / BURST;
        return new double[] {
            Table.median(one),
            one[LATENCIES * 99 / 100],
            Table.median(two),
            two[LATENCIES * 99 / 100],
            Table.median(chains),
            Table.median(commits),
            Table.median(ratios),
            fan,
            perSecond,
            cpuMillis,
            (double) (runs.storeBytes() - store) / BURST
        };
    }

    /** Every graph of a folder of WfInstances, its tasks as {@code value} tasks. */
    void workflows(Path folder) throws Exception {
        Table table = Table.ofFigures(out);
        try (Stream<Path> files = Files.list(folder)) {
            int number = 0;
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                String id = "wf" + number++;
                Flows.Graph graph = Flows.workflow(file, id);
                runs.save(graph.text());
                double first = time(id);
                table.figure(
                        String.format(
                                "%s: %,d tasks, %,d edges, ms (the first %.0f)",
                                file.getFileName(), graph.tasks(), graph.edges(), first),
                        "200",
                        times(id, 7));
            }
        }
    }

    /**
     * Whether a run costs the same, and memory stays flat, however many there have been.
     *
     * @param data a folder for the data directory
     */
    static void history(Path data, int count, PrintStream out) throws Exception {
        Table table =
                new Table(
                        out,
                        "runs before",
                        "p50, ms",
                        "p99, ms",
                        "runs a second",
                        "heap in use, MB",
                        "resident, MB",
                        "store, MB");
        try (LocalRuns runs = new LocalRuns(data)) {
            EngineBench bench = new EngineBench(runs, out);
            runs.save(Flows.one());
            bench.times("one", LATENCIES); // the compiler's share, which is not the history's
            bench.burst();
            for (int done = 0; done <= count; done += HISTORY_STEP) {
                bench.historyRow(table, done);
            }
        }
        long begin = System.nanoTime();
        new LocalRuns(data).close();
        out.printf("%nOpened and closed again in %.0f ms.%n", (System.nanoTime() - begin) / 1e6);
    }

    private void historyRow(Table table, int done) throws Exception {
        double[] one = times("one", LATENCIES);
        double[] perSecond = new double[HISTORY_STEP / BURST];
        for (int i = 0; i < perSecond.length; i++) {
            perSecond[i] = burst();
        }
        System.gc();
        Runtime memory = Runtime.getRuntime();
        table.cells(
                String.format("%,d", done),
                Table.number(Table.median(one)),
                Table.number(one[LATENCIES * 99 / 100]),
                Table.number(Table.median(perSecond)),
                Table.number((memory.totalMemory() - memory.freeMemory()) / 1048576.0),
                Table.number(residentMegabytes(ProcessHandle.current().pid())),
                Table.number(runs.storeBytes() / 1048576.0));
    }

    private double time(String flow) throws Exception {
        long begin = System.nanoTime();
        RunView view = runs.start(flow).get();
        double millis = (System.nanoTime() - begin) / 1e6;
        if (view.state() != RunState.SUCCEEDED) {
            throw new IllegalStateException(flow + " ended " + view.state() + ": " + view.error());
        }
        return millis;
    }

    /** Sorted. */
    private double[] times(String flow, int count) throws Exception {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            times[i] = time(flow);
        }
        Arrays.sort(times);
        return times;
    }

    private double burst() throws Exception {
        long begin = System.nanoTime();
        List<CompletableFuture<RunView>> all = new ArrayList<>(BURST);
        for (int i = 0; i < BURST; i++) {
            all.add(runs.start("one"));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        return BURST / ((System.nanoTime() - begin) / 1e9);
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** The process's resident memory as Linux counts it, pages of mapped files included. */
    static double residentMegabytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
