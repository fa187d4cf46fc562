package dev.sluice.runtime;

import dev.sluice.compiler.FlowCompiler;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.ArtifactStore;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.JournalStore.RunQuery;
import dev.sluice.spi.JournalStore.RunRow;
import dev.sluice.spi.LogStore;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TableFormats;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that can be done with runs, on one data directory. Thread-safe. */
public final class Runs implements AutoCloseable {
    /**
     * What the runtime stands on.
     *
     * @param workRoot folder for the attempts' private folders, on the artifacts' disk
     * @param fileRoots folders outside the flow's own that flows may read and write
     * @param processSlots how many processes of user code may run at once
     */
    public record Ground(
            JournalStore journal,
            ArtifactStore artifacts,
            LogStore logs,
            Sandbox sandbox,
            TableFormats tables,
            FlowCompiler compiler,
            Path workRoot,
            List<Path> fileRoots,
            int processSlots) {}

    /**
     * Opens the runtime and folds what is unfinished; nothing goes on before {@link
     * #resumeUnfinished}.
     */
    public static Runs open(Ground ground) throws StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Runs that a crash or a stop left under way, oldest first. */
    public List<RunRow> unfinished() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Lets every unfinished run go on, or only these. */
    public void resumeUnfinished(List<RunId> runs) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Checks and keeps a flow's text.
     *
     * @return its version
     * @throws RefusedException if it has mistakes; compile it to get them with their places
     */
    public int saveFlow(TenantId tenant, String text, String author)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * A run to start.
     *
     * @param version of the flow, or null for the newest
     * @param inputs given values; files as artifacts, or as text, a path relative to {@code folder}
     * @param key idempotency key: the same key, flow and tenant give the same run
     * @param folder the flow's own folder, to which its relative paths belong
     */
    public record Submission(
            FlowId flow,
            @Nullable Integer version,
            Map<String, Value> inputs,
            @Nullable String key,
            Path folder,
            String by,
            Value.MapOf trigger) {}

    /** Starts a run; it is durable on return. */
    public RunId submit(TenantId tenant, Submission submission)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Completes when the run has ended durably; at once if it has. */
    public CompletableFuture<RunView> ended(TenantId tenant, RunId run)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    public RunView show(TenantId tenant, RunId run) throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    public List<RunRow> list(TenantId tenant, RunQuery query) throws StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Ends the run and its processes; returns when the wish is durable. */
    public void cancel(TenantId tenant, RunId run, String by)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Starts nothing new until {@link #resume}; attempts under way end by themselves. */
    public void pause(TenantId tenant, RunId run, String by)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Lets a paused run go on; runs a failed or cancelled one again from where it failed, keeping
     * what succeeded.
     */
    public void resume(TenantId tenant, RunId run, String by)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Makes a new run of the same inputs that reuses what is not {@code from} or behind it.
     *
     * @param from task path, or null to run everything again
     * @param version of the flow, or null for the run's own
     */
    public RunId replay(
            TenantId tenant, RunId run, @Nullable String from, @Nullable Integer version, String by)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Answers a waiting approval. {@code answer} holds {@code approved} and the form's fields. */
    public void answer(
            TenantId tenant, RunId run, String task, int item, String by, Map<String, Value> answer)
            throws RefusedException, StoreException {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Tells the consumer what happens in a run from now on, in order, until closed; a slow one
     * loses log lines only.
     */
    public AutoCloseable watch(TenantId tenant, RunId run, Consumer<RunUpdate> consumer) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Removes artifacts that no run refers to. */
    public ArtifactStore.Collected collectGarbage(TenantId tenant)
            throws StoreException, java.io.IOException {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Stops: attempts under way are ended and go on at the next start. */
    @Override
    public void close() {}
}
