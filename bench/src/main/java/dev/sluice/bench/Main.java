package dev.sluice.bench;

import dev.sluice.compiler.FlowCompiler;
import dev.sluice.runtime.Runs;
import dev.sluice.spi.TaskType;
import dev.sluice.store.sqlite.SqliteJournal;
import dev.sluice.tasks.control.ControlTasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public final class Main {
    public static void main(String[] args) throws Exception {
        Path dir =
                Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "/var/tmp"), "bench");
        Map<String, TaskType> types = new HashMap<>();
        ControlTasks.types(InstantSource.system()).forEach(t -> types.put(t.name(), t));
        var journal = new SqliteJournal(dir.resolve("journal.db"));
        Runs runs =
                Runs.open(
                        new Runs.Ground(
                                journal,
                                null,
                                null,
                                null,
                                null,
                                new FlowCompiler(types),
                                dir.resolve("work"),
                                List.of(),
                                2,
                                System.err::println));
        EngineBench b = new EngineBench(runs);
        for (int round = 0; round < 5; round++) {
            double[] l = b.latencies("one", 300);
            double[] c = b.latencies("chain40", 7);
            double[] f = b.latencies("fan1000", 5);
            long cpu0 = ProcessHandle.current().info().totalCpuDuration().get().toNanos();
            long d0 = Files.size(dir.resolve("journal.db"));
            double t = b.throughput(20000);
            long cpu1 = ProcessHandle.current().info().totalCpuDuration().get().toNanos();
            System.out.printf(
                    "one p50 %.2f p99 %.2f chain40 %.1f fan1000 %.1f runs/s %.0f cpu/run %.3f ms growth %d B%n",
                    l[150],
                    l[297],
                    c[3],
                    f[2],
                    t,
                    (cpu1 - cpu0) / 20000 / 1e6,
                    (Files.size(dir.resolve("journal.db")) - d0) / 20000);
        }
        runs.close();
        journal.close();
    }
}
