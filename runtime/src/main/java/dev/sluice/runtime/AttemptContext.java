package dev.sluice.runtime;

import dev.sluice.model.Resources;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.LogStore;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.TableFormats;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt is given. Its folder and log are made when first used: a {@code value} task
 * touches no disk.
 */
final class AttemptContext implements TaskContext, AutoCloseable {
    private static final int METRICS_MAX = 1000;

    /** Where the attempt stands. */
    record Place(
            TenantId tenant,
            RunId run,
            String task,
            String title,
            int item,
            @Nullable Value itemValue,
            int attempt,
            Path folder) {}

    private final Runs.Ground ground;
    private final Watchers watchers;
    private final Place place;
    private final Map<String, Value> config;
    private final Map<String, Value> inputs;
    private final Resources resources;
    private final Sandbox sandbox;
    private final long deadlineNanos;
    private final Map<String, Double> metrics = new LinkedHashMap<>();
    private @Nullable Path workDir;
    private LogStore.@Nullable Log log;
    private long lines;

    /**
     * @param deadlineNanos by {@link System#nanoTime}, or 0 for none
     */
    AttemptContext(
            Runs.Ground ground,
            Watchers watchers,
            Place place,
            Map<String, Value> config,
            Map<String, Value> inputs,
            Resources resources,
            Sandbox sandbox,
            long deadlineNanos) {
        this.ground = ground;
        this.watchers = watchers;
        this.place = place;
        this.config = config;
        this.inputs = inputs;
        this.resources = resources;
        this.sandbox = sandbox;
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public TenantId tenant() {
        return place.tenant();
    }

    @Override
    public RunId run() {
        return place.run();
    }

    @Override
    public String task() {
        return place.task();
    }

    @Override
    public String title() {
        return place.title();
    }

    @Override
    public int item() {
        return place.item();
    }

    @Override
    public @Nullable Value itemValue() {
        return place.itemValue();
    }

    @Override
    public int attempt() {
        return place.attempt();
    }

    @Override
    public Map<String, Value> config() {
        return config;
    }

    @Override
    public Map<String, Value> inputs() {
        return inputs;
    }

    @Override
    public synchronized Path workDir() {
        if (workDir == null) {
            try {
                Files.createDirectories(ground.workRoot());
                workDir = Files.createTempDirectory(ground.workRoot(), place.run() + "-");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(
                        "cannot make a working folder in "
                                + ground.workRoot()
                                + ": "
                                + e.getMessage(),
                        e);
            }
        }
        return workDir;
    }

    @Override
    public Path file(String path) throws TaskException {
        return FlowFiles.resolve(place.folder(), ground.fileRoots(), path);
    }

    @Override
    public Path path(Value.Artifact artifact) throws TaskException {
        try {
            return ground.artifacts().path(place.tenant(), artifact.digest());
        } catch (NoSuchFileException e) {
            throw TaskException.terminal(
                    "artifact \""
                            + artifact.name()
                            + "\" ("
                            + artifact.digest()
                            + ") is no longer in the data directory; replay the task that made it");
        } catch (IOException e) {
            throw TaskException.retryable(
                    "artifact \"" + artifact.name() + "\": " + e.getMessage());
        }
    }

    @Override
    public Value.Artifact store(
            Path file, String mediaType, String name, Value.@Nullable TableInfo table)
            throws TaskException {
        try {
            boolean mine = workDir != null && file.normalize().startsWith(workDir);
            return mine
                    ? ground.artifacts().move(place.tenant(), file, mediaType, name, table)
                    : ground.artifacts().put(place.tenant(), file, mediaType, name, table);
        } catch (IOException e) {
            throw TaskException.retryable(
                    "cannot keep \"" + name + "\" as an artifact: " + e.getMessage());
        }
    }

    @Override
    public Resources resources() {
        return resources;
    }

    @Override
    public @Nullable Duration remaining() {
        return deadlineNanos == 0
                ? null
                : Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }

    @Override
    public void log(String line) {
        long number;
        synchronized (this) {
            openLog().line(line);
            number = ++lines;
        }
        if (watchers.isWatched(place.run())) {
            watchers.tell(
                    place.run(),
                    new RunUpdate.LogLine(
                            place.task(), place.item(), place.attempt(), number, line));
        }
    }

    private synchronized LogStore.Log openLog() {
        if (log == null) {
            try {
                log =
                        ground.logs()
                                .open(
                                        place.tenant(),
                                        place.run(),
                                        place.task(),
                                        place.item(),
                                        place.attempt());
            } catch (IOException e) {
                ground.trouble()
                        .accept(
                                "cannot write the log of task \""
                                        + place.task()
                                        + "\": "
                                        + e.getMessage());
                log = new LostLog();
            }
        }
        return log;
    }

    @Override
    public void progress(double fraction, String message) {
        watchers.tell(
                place.run(), new RunUpdate.Progress(place.task(), place.item(), fraction, message));
    }

    @Override
    public void metric(String name, double value) {
        if (!Double.isFinite(value)) {
            log("metric " + name + " is " + value + " and is not kept (expected: a finite number)");
            return;
        }
        synchronized (metrics) {
            if (metrics.size() < METRICS_MAX || metrics.containsKey(name)) {
                metrics.put(name, value);
            } else {
                log("metric " + name + " is not kept: a task has at most " + METRICS_MAX);
            }
        }
        watchers.tell(place.run(), new RunUpdate.Metric(place.task(), place.item(), name, value));
    }

    Map<String, Double> metrics() {
        synchronized (metrics) {
            return new LinkedHashMap<>(metrics);
        }
    }

    @Override
    public Sandbox sandbox() {
        return sandbox;
    }

    @Override
    public TableFormats tables() {
        return ground.tables();
    }

    @Override
    public synchronized void close() {
        if (log != null) {
            log.close();
        }
        if (workDir != null) {
            try {
                removeTree(workDir);
            } catch (IOException e) {
                ground.trouble()
                        .accept(
                                "cannot remove the working folder "
                                        + workDir
                                        + ": "
                                        + e.getMessage());
            }
        }
    }

    private static void removeTree(Path root) throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Stands in where no log file can be made: the attempt goes on. */
    private static final class LostLog implements LogStore.Log {
        @Override
        public void line(String text) {}

        @Override
        public void close() {}
    }
}
