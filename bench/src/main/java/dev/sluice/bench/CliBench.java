package dev.sluice.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whole commands, from their start to their end, each run on a fresh data directory. */
final class CliBench {
    private static final int TIMES = 10;

    private final Path folder;
    private final String launcher;
    private final Table table;
    private int next;

    CliBench(Path folder, String launcher, PrintStream out) {
        this.folder = folder;
        this.launcher = launcher;
        this.table = Table.ofFigures(out);
    }

    void cli() throws IOException, InterruptedException {
        run(
                "`sluice run`, one value task, ms",
                "1,000",
                "id: one\ntasks:\n  t: {type: value, value: {x: 1}}\n");
        run(
                "`sluice run`, one value task with an expression, ms",
                "2,000",
                """
                id: one
                inputs: {n: {type: integer, default: 3}}
                tasks:
                  t: {type: value, value: {x: "${{ inputs.n + 1 }}"}}
                """);
        run(
                "`sluice run`, one sql task, ms",
                "2,000",
                "id: one\ntasks:\n  t: {type: sql, query: SELECT 42 AS answer}\n");
        validate("`sluice validate`, 2,000 tasks that need each other, ms", Flows.chain(2000));
        validate(
                "`sluice validate`, 2,000 tasks with an expression each, ms",
                Flows.expressions(2000));
    }

    private void run(String name, String target, String flow)
            throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("flow" + next++ + ".yaml"), flow);
        double[] millis = new double[TIMES];
        for (int i = -1; i < TIMES; i++) {
            String data = folder.resolve("cli" + next++).toString();
            double took =
                    Commands.millis(List.of(launcher, "run", file.toString(), "--data", data));
            if (i >= 0) {
                millis[i] = took;
            }
        }
        table.figure(name, target, millis);
    }

    private void validate(String name, String flow) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("flow" + next++ + ".yaml"), flow);
        double[] millis = new double[TIMES];
        for (int i = -1; i < TIMES; i++) {
            double took = Commands.millis(List.of(launcher, "validate", file.toString()));
            if (i >= 0) {
                millis[i] = took;
            }
        }
        table.figure(name, "1,500", millis);
    }
}
