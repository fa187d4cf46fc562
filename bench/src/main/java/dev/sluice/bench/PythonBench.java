package dev.sluice.bench;

import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.sandbox.Interpreters;
import dev.sluice.sandbox.jail.Jail;
import dev.sluice.spi.SandboxException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * A small {@code python} task in the sandbox, from its run's submission to the durable end, and the
 * same work given to the same interpreter with nothing around it, in turn.
 */
final class PythonBench {
    private static final int PAIRS = 30;
    private static final String WORK = "sum(i * i for i in range(1000))";
    private static final String FLOW =
            """
            id: small
            tasks:
              t:
                type: python
                script: |
                  import sluice
                  sluice.value(total=%s)
            """
                    .formatted(WORK);

    private final Path folder;
    private final PrintStream out;

    PythonBench(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    void python() throws Exception {
        Path python =
                new Interpreters(System.getenv("PATH")).find(Interpreters.Language.PYTHON).path();
        String code = "import json; print(json.dumps(" + WORK + "))";
        List<String> bare = List.of(python.toString(), "-c", code);
        // What the task leaves out, too: the search for site packages.
        List<String> lean = List.of(python.toString(), "-S", "-s", "-B", "-c", code);
        Table table = Table.ofFigures(out);
        long begin = System.nanoTime();
        Jail jail = jail();
        table.figure("the sandbox made and tried, once a machine, ms", "", since(begin));
        try (LocalRuns runs = new LocalRuns(folder.resolve("python"), jail)) {
            runs.save(FLOW);
            table.figure("the first task of a process, ms", "", task(runs));
            double[] ours = new double[PAIRS];
            double[] theirs = new double[PAIRS];
            double[] leanest = new double[PAIRS];
            double[] ratios = new double[PAIRS];
            double[] leanRatios = new double[PAIRS];
            for (int i = -3; i < PAIRS; i++) {
                double task = task(runs);
                double alone = Commands.millis(bare);
                double leanAlone = Commands.millis(lean);
                if (i >= 0) {
                    ours[i] = task;
                    theirs[i] = alone;
                    ratios[i] = task / alone;
                    leanest[i] = leanAlone;
                    leanRatios[i] = task / leanAlone;
                }
            }
            table.figure("a small python task, sandboxed, through the engine, ms", "", ours);
            table.figure("the bare interpreter, ms", "", theirs);
            table.figure("ratio, median of pairs", "3", ratios);
            table.figure("the bare interpreter with the task's options, ms", "", leanest);
            table.figure("ratio to that", "3", leanRatios);
        }
    }

    private static double task(LocalRuns runs) throws Exception {
        long begin = System.nanoTime();
        RunView view = runs.start("small").get();
        double millis = since(begin);
        if (view.state() != RunState.SUCCEEDED) {
            throw new IllegalStateException("the task ended " + view.state() + ": " + view.error());
        }
        return millis;
    }

    private static Jail jail() throws SandboxException, InterruptedException {
        return switch (Jail.open(null)) {
            case Jail.Opened.Usable usable -> usable.jail();
            case Jail.Opened.Unusable unusable -> throw new SandboxException(unusable.reason());
        };
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
