package dev.sluice.bench;

import dev.sluice.compiler.FlowCompiler;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.runtime.Runs;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import dev.sluice.spi.TaskType;
import dev.sluice.store.files.FileArtifacts;
import dev.sluice.store.files.FileLogs;
import dev.sluice.store.sqlite.SqliteJournal;
import dev.sluice.tasks.control.ControlTasks;
import dev.sluice.tasks.table.DuckTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The engine with its durable store, as the product wires it, and the task types that need no
 * interpreter.
 */
public final class LocalRuns implements AutoCloseable {
    private final Path folder;
    private final SqliteJournal journal;
    private final Runs runs;

    public LocalRuns(Path folder) throws Exception {
        this.folder = folder;
        Files.createDirectories(folder);
        Map<String, TaskType> types = new HashMap<>();
        ControlTasks.types(InstantSource.system()).forEach(type -> types.put(type.name(), type));
        this.journal = new SqliteJournal(folder.resolve("journal.db"));
        this.runs =
                Runs.open(
                        new Runs.Ground(
                                journal,
                                new FileArtifacts(folder.resolve("artifacts")),
                                new FileLogs(folder.resolve("logs")),
                                new NoSandbox(),
                                new DuckTables(),
                                new FlowCompiler(types),
                                folder.resolve("work"),
                                List.of(),
                                Runtime.getRuntime().availableProcessors(),
                                System.err::println));
    }

    public void save(String text) throws Exception {
        runs.saveFlow(TenantId.DEFAULT, text, "bench");
    }

    /** Submits a run of a flow's first version; completes when its end is durable. */
    public CompletableFuture<RunView> start(String flow) throws Exception {
        return runs.start(
                        TenantId.DEFAULT,
                        new Runs.Submission(
                                new FlowId(flow),
                                1,
                                Map.of(),
                                null,
                                folder,
                                "bench",
                                Value.MapOf.EMPTY))
                .ended();
    }

    /** Bytes of the journal and its write-ahead log. */
    public long storeBytes() throws Exception {
        long bytes = 0;
        for (String name : List.of("journal.db", "journal.db-wal")) {
            Path file = folder.resolve(name);
            bytes += Files.exists(file) ? Files.size(file) : 0;
        }
        return bytes;
    }

    @Override
    public void close() throws Exception {
        runs.close();
        journal.close();
    }

    /** These benchmarks run no user code. */
    private static final class NoSandbox implements Sandbox {
        @Override
        public Rung rung() {
            return Rung.JAIL;
        }

        @Override
        public List<Probe> probes() {
            return List.of();
        }

        @Override
        public Exit run(Launch launch, Output output) throws SandboxException {
            throw new SandboxException("this benchmark runs no user code");
        }
    }
}
