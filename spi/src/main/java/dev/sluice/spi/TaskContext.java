package dev.sluice.spi;

import dev.sluice.model.Resources;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one attempt of a task is given. Thread-safe. */
public interface TaskContext {
    TenantId tenant();

    RunId run();

    /** The task's path, {@code group/task}. */
    String task();

    /** The task's {@code title}; its id, or empty, if it has none. */
    default String title() {
        return "";
    }

    /** The item's index in a {@code foreach}, or -1. */
    int item();

    /** The item itself, or null outside a {@code foreach}. */
    default @Nullable Value itemValue() {
        return null;
    }

    /** Which try of the task, or of its item, this is: from 1. */
    int attempt();

    /**
     * What names the work to the world outside: {@code run/task}, and {@code /item} in a {@code
     * foreach}. The same for every attempt, so that a service that is told it can see a second one
     * for what it is. Unique within the tenant.
     */
    default String idempotencyKey() {
        return run() + "/" + task() + (item() < 0 ? "" : "/" + item());
    }

    /** The type's keys with their expressions resolved; keys that were not written are absent. */
    Map<String, Value> config();

    /**
     * The data on its edges by name: for every task it needs, {@code task} is that task's default
     * table or file and {@code task.output} each of its outputs; then the task's explicit {@code
     * inputs}.
     */
    Map<String, Value> inputs();

    /** A fresh private folder on the data directory's disk, removed when the attempt has ended. */
    Path workDir();

    /**
     * A local file that the flow names, relative to the flow's own folder.
     *
     * @throws TaskException if it lies outside the folders that this process may touch for flows
     */
    Path file(String path) throws TaskException;

    /** Where an artifact's bytes are: a sealed file, to be read and never written. */
    Path path(Value.Artifact artifact) throws TaskException;

    /**
     * Takes a file in as an artifact: hashed, fsynced and sealed. The file is moved if it lies in
     * {@link #workDir} and copied otherwise.
     */
    Value.Artifact store(Path file, String mediaType, String name, Value.@Nullable TableInfo table)
            throws TaskException;

    Resources resources();

    /**
     * Time left until the attempt is ended, or null for no limit. The thread is interrupted when it
     * is over.
     */
    @Nullable Duration remaining();

    /**
     * A line of the attempt's log. Bounded: what exceeds the log's limit is counted and dropped.
     */
    void log(String line);

    /**
     * @param fraction 0 to 1, or NaN when unknown
     */
    void progress(double fraction, String message);

    /**
     * A number that the run records under this task, such as an accuracy. The last one of a name
     * counts.
     */
    void metric(String name, double value);

    /** Where user code runs. */
    Sandbox sandbox();

    /** Tables to and from what user code can read. */
    TableFormats tables();
}
