package dev.sluice.store.files;

import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.spi.LogStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;

/**
 * Logs as files {@code TENANT/RUN/TASK[.ITEM].ATTEMPT.log}, slashes in the task's path written as
 * dots. A line reaches its file after at most a fifth of a second, so that it can be followed; it
 * is not synced, for a log acknowledges nothing. Thread-safe.
 */
public final class FileLogs implements LogStore, AutoCloseable {
    /** How much one attempt may log, where nobody says otherwise. */
    public static final long DEFAULT_LIMIT_BYTES = 8L << 20;

    private static final Pattern TASK = Pattern.compile("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*");

    private final Path root;
    private final long limitBytes;
    private final InstantSource clock;
    private final ScheduledExecutorService flusher;

    /**
     * @param root the folder of logs
     */
    public FileLogs(Path root) {
        this(root, DEFAULT_LIMIT_BYTES, InstantSource.system());
    }

    /**
     * @param root the folder of logs
     * @param limitBytes how much one attempt may log; what is beyond is counted and dropped
     * @param clock what the lines are timed by
     */
    public FileLogs(Path root, long limitBytes, InstantSource clock) {
        this.root = root.toAbsolutePath();
        this.limitBytes = limitBytes;
        this.clock = clock;
        flusher =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("log-flush").factory());
    }

    @Override
    public Log open(TenantId tenant, RunId run, String task, int item, int attempt)
            throws IOException {
        Path file = path(tenant, run, task, item, attempt);
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        return new FileLog(file, limitBytes, clock, flusher);
    }

    @Override
    public Path path(TenantId tenant, RunId run, String task, int item, int attempt) {
        if (!TASK.matcher(task).matches()) {
            throw new IllegalArgumentException(
                    "task: "
                            + task
                            + " (expected: names of letters, digits, _ and - with / between)");
        }
        String name =
                task.replace('/', '.') + (item < 0 ? "" : "." + item) + "." + attempt + ".log";
        return folder(tenant, run).resolve(name);
    }

    private Path folder(TenantId tenant, RunId run) {
        return root.resolve(tenant.value()).resolve(run.toString());
    }

    @Override
    public void remove(TenantId tenant, RunId run) throws IOException {
        Trees.delete(folder(tenant, run));
    }

    /** Close the logs first: what they still buffer is flushed by them. */
    @Override
    public void close() {
        flusher.shutdownNow();
    }
}
