package dev.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How soon a process with the engine is ready, and what it costs while it has nothing to do. It has
 * this virtual machine's options and class path; there is no server to measure yet.
 */
final class IdleBench {
    private static final int STARTS = 5;
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration IDLE = Duration.ofSeconds(15);

    private final Path folder;
    private final PrintStream out;

    IdleBench(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    private record Held(double readyMillis, double doneMillis, double megabytes, double percent) {}

    void idle() throws IOException, InterruptedException {
        double[] ready = new double[STARTS];
        double[] done = new double[STARTS];
        Held last = new Held(0, 0, 0, 0);
        for (int i = 0; i < STARTS; i++) {
            last = hold(folder.resolve("idle" + i), i == STARTS - 1);
            ready[i] = last.readyMillis();
            done[i] = last.doneMillis();
        }
        Table table = Table.ofFigures(out);
        table.figure("start of the process to ready, fresh data, ms", "1,000", ready);
        table.figure("start of the process to the first run's end, ms", "", done);
        table.figure("idle memory, resident, MB", "150", last.megabytes());
        table.figure(
                "idle CPU over " + IDLE.toSeconds() + " s, percent of a core", "0", last.percent());
    }

    private static Held hold(Path data, boolean watch) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(Commands.java(HeldOpen.class.getName(), data.toString()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            expect("ready", lines);
            double ready = (System.nanoTime() - begin) / 1e6;
            expect("done", lines);
            double done = (System.nanoTime() - begin) / 1e6;
            double megabytes = 0;
            double percent = 0;
            if (watch) {
                Thread.sleep(SETTLE);
                Duration before = cpu(process);
                long from = System.nanoTime();
                Thread.sleep(IDLE);
                Duration spent = cpu(process).minus(before);
                percent = 100.0 * spent.toNanos() / (System.nanoTime() - from);
                megabytes = EngineBench.residentMegabytes(process.pid());
            }
            process.getOutputStream().close();
            process.waitFor();
            return new Held(ready, done, megabytes, percent);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Duration cpu(Process process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static void expect(String word, BufferedReader lines) throws IOException {
        String line = lines.readLine();
        if (!word.equals(line)) {
            throw new IllegalStateException(
                    "the process said " + line + " (expected: " + word + ")");
        }
    }
}
