package dev.sluice.bench;

import dev.sluice.compiler.FlowCompiler;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.runtime.RefusedException;
import dev.sluice.runtime.Runs;
import dev.sluice.sandbox.Interpreters;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.store.DataDirectory;
import dev.sluice.store.files.FileArtifacts;
import dev.sluice.store.files.FileLogs;
import dev.sluice.store.sqlite.SqliteJournal;
import dev.sluice.tasks.code.CodeTasks;
import dev.sluice.tasks.code.Interpreter;
import dev.sluice.tasks.control.ControlTasks;
import dev.sluice.tasks.document.DocumentTasks;
import dev.sluice.tasks.http.HttpTasks;
import dev.sluice.tasks.http.NetworkPolicy;
import dev.sluice.tasks.table.DuckTables;
import dev.sluice.tasks.table.TableTasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.sqlite.JDBC;

/**
 * The engine with its durable store and every task type, as the product wires it, on a data
 * directory of its own.
 */
public final class LocalRuns implements AutoCloseable {
    private final Path folder;
    private final DataDirectory data;
    private final SqliteJournal journal;
    private final FileLogs logs;
    private final Runs runs;

    /** Runs no user code. */
    public LocalRuns(Path folder) throws Exception {
        this(folder, new NoSandbox());
    }

    LocalRuns(Path folder, Sandbox sandbox) throws Exception {
        this.folder = folder;
        this.data = DataDirectory.open(folder);
        this.journal = new SqliteJournal(data.journal());
        this.logs = new FileLogs(data.logs());
        this.runs =
                Runs.open(
                        new Runs.Ground(
                                journal,
                                new FileArtifacts(data.artifacts()),
                                logs,
                                sandbox,
                                new DuckTables(),
                                new FlowCompiler(types()),
                                data.work(),
                                List.of(),
                                Runtime.getRuntime().availableProcessors(),
                                System.err::println));
    }

    private static Map<String, TaskType> types() {
        Interpreters installed = new Interpreters(System.getenv("PATH"));
        Map<String, TaskType> types = new HashMap<>();
        for (List<TaskType> family :
                List.of(
                        ControlTasks.types(InstantSource.system()),
                        TableTasks.types(),
                        CodeTasks.types(_ -> python(installed)),
                        HttpTasks.types(NetworkPolicy.PUBLIC_ONLY),
                        DocumentTasks.types())) {
            family.forEach(type -> types.put(type.name(), type));
        }
        return types;
    }

    /** The real one, not the shim of a version manager. */
    private static Interpreter python(Interpreters installed) throws TaskException {
        try {
            Interpreters.Interpreter found = installed.find(Interpreters.Language.PYTHON);
            return new Interpreter(found.path(), found.version(), found.readOnly());
        } catch (SandboxException e) {
            throw TaskException.terminal(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TaskException.terminal("cancelled while looking for python3");
        }
    }

    public void save(String text) throws Exception {
        runs.saveFlow(TenantId.DEFAULT, text, folder, "bench");
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

    /** Runs a task of an ended run again, and what depends on it; the rest is reused. */
    RunView again(RunId run, String task)
            throws RefusedException, StoreException, ExecutionException, InterruptedException {
        RunId next = runs.replay(TenantId.DEFAULT, run, task, null, "bench");
        return runs.ended(TenantId.DEFAULT, next).get();
    }

    /** Bytes of the journal, its write-ahead log copied back first. */
    public long storeBytes() throws Exception {
        try (Connection connection =
                        JDBC.createConnection("jdbc:sqlite:" + data.journal(), new Properties());
                Statement statement = connection.createStatement()) {
            statement.execute("pragma busy_timeout = 10000");
            statement.execute("pragma wal_checkpoint(truncate)");
        }
        long bytes = Files.size(data.journal());
        Path log = folder.resolve("journal.db-wal");
        return Files.exists(log) ? bytes + Files.size(log) : bytes;
    }

    @Override
    public void close() throws Exception {
        runs.close();
        logs.close();
        journal.close();
        data.close();
    }

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
