package dev.sluice.bench;

import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What the engine costs with tasks that do nothing, everything durable. Every figure is the median
 * of {@value #ROUNDS} rounds after one to warm up; a round measures all of them and the floor, so
 * that ratios are of the same minute.
 */
final class EngineBench {
    private static final int ROUNDS = 5;
    private static final int LATENCIES = 300;
    private static final int BURST = 20_000;

    private final LocalRuns runs;
    private final Floor floor;
    private final PrintStream out;

    EngineBench(LocalRuns runs, Floor floor, PrintStream out) {
        this.runs = runs;
        this.floor = floor;
        this.out = out;
    }

    void engine() throws Exception {
        runs.save(Flows.one());
        runs.save(Flows.chain(40));
        runs.save(Flows.fan(1000));
        List<double[]> rounds = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            double[] figures = round();
            if (round > 0) {
                rounds.add(figures);
            }
        }
        String[] names = {
            "one task, submit to durable end, p50, ms",
            "one task, p99, ms",
            "chain of 40, ms",
            "41 bare SQLite commits, ms",
            "chain of 40 over 41 bare commits",
            "1,000 parallel tasks and a join, ms",
            "one-task runs a second",
            "CPU a run, ms",
            "store growth a run, bytes"
        };
        for (int i = 0; i < names.length; i++) {
            int column = i;
            double[] values = rounds.stream().mapToDouble(r -> r[column]).sorted().toArray();
            out.printf(
                    "| %s | %.2f | %.2f-%.2f |%n",
                    names[i], values[ROUNDS / 2], values[0], values[ROUNDS - 1]);
        }
    }

    private double[] round() throws Exception {
        double[] one = times("one", LATENCIES);
        double chain = median(times("chain40", 9));
        double bare = floor.commits(41);
        double fan = median(times("fan1000", 5));
        long cpu = cpuNanos();
        long store = runs.storeBytes();
        double perSecond = burst();
        double cpuMillis = (cpuNanos() - cpu) / 1e6 / BURST;
        double growth = (double) Math.max(0, runs.storeBytes() - store) / BURST;
        return new double[] {
            median(one),
            one[LATENCIES * 99 / 100],
            chain,
            bare,
            chain / bare,
            fan,
            perSecond,
            cpuMillis,
            growth
        };
    }

    /** Every graph of a folder of WfInstances, its tasks as {@code value} tasks. */
    void workflows(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            int number = 0;
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                String id = "wf" + number++;
                runs.save(Flows.workflow(file, id));
                double[] times = times(id, 5);
                int tasks = runs.start(id).get().tasks().size();
                out.printf(
                        "| %s, %d tasks, ms | %.1f | %.1f-%.1f |%n",
                        file.getFileName(), tasks, times[2], times[0], times[4]);
            }
        }
    }

    /** Whether a run costs the same, and memory stays flat, however many there have been. */
    void history(int count) throws Exception {
        runs.save(Flows.one());
        for (int done = 0; done < count; done += BURST) {
            double perSecond = burst();
            if (done % 100_000 == 0) {
                System.gc();
                Runtime memory = Runtime.getRuntime();
                out.printf(
                        "| after %,d runs: p50 ms / runs a second / heap MB | %.2f / %.0f / %d |%n",
                        done + BURST,
                        median(times("one", 100)),
                        perSecond,
                        (memory.totalMemory() - memory.freeMemory()) >> 20);
            }
        }
    }

    private double[] times(String flow, int count) throws Exception {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            RunView view = runs.start(flow).get();
            times[i] = (System.nanoTime() - begin) / 1e6;
            if (view.state() != RunState.SUCCEEDED) {
                throw new IllegalStateException(
                        flow + " ended " + view.state() + ": " + view.error());
            }
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

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
}
