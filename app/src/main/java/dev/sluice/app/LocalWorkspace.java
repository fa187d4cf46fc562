package dev.sluice.app;

import dev.sluice.cli.Refusal;
import dev.sluice.cli.RunNews;
import dev.sluice.cli.Workspace;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.runtime.RefusedException;
import dev.sluice.runtime.RunUpdate;
import dev.sluice.runtime.Runs;
import dev.sluice.spi.ArtifactStore;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The workspace of a data directory that this process owns. */
final class LocalWorkspace implements Workspace {
    private static final TenantId TENANT = TenantId.DEFAULT;

    private final Ground ground;
    private final Runs runs;
    private final String user;

    LocalWorkspace(Ground ground, Runs runs, String user) {
        this.ground = ground;
        this.runs = runs;
        this.user = user;
    }

    @Override
    public int saveFlow(String text, Path folder) throws Refusal {
        return attempt(() -> runs.saveFlow(TENANT, text, folder, user));
    }

    @Override
    public List<FlowLine> flows(@Nullable FlowId after, int limit) throws Refusal {
        return attempt(() -> ground.journal().listFlows(TENANT, after, limit)).stream()
                .map(f -> new FlowLine(f.flow(), f.version(), f.author(), f.atMicros()))
                .toList();
    }

    @Override
    public FlowText flow(FlowId flow, @Nullable Integer version) throws Refusal {
        JournalStore.FlowVersion found =
                attempt(() -> ground.journal().findFlow(TENANT, flow, version));
        if (found == null) {
            throw new Refusal(
                    Refusal.Reason.NOT_FOUND,
                    "there is no flow \""
                            + flow
                            + (version == null ? "\"" : "\" of version " + version)
                            + "; see: sluice flows ls");
        }
        return new FlowText(
                found.flow(), found.version(), new String(found.text(), StandardCharsets.UTF_8));
    }

    @Override
    public RunId submit(Submission submission) throws Refusal {
        return attempt(() ->
                runs.submit(
                        TENANT,
                        new Runs.Submission(
                                submission.flow(),
                                submission.version(),
                                submission.inputs(),
                                submission.key(),
                                submission.folder(),
                                user,
                                Value.MapOf.EMPTY)));
    }

    @Override
    public RunView follow(RunId run, Consumer<RunNews> consumer)
            throws Refusal, InterruptedException {
        ReentrantLock oneAtATime = new ReentrantLock();
        Consumer<RunNews> inTurn =
                news -> {
                    oneAtATime.lock();
                    try {
                        consumer.accept(news);
                    } finally {
                        oneAtATime.unlock();
                    }
                };
        Watch watch = new Watch(runs.watch(TENANT, run, update -> inTurn.accept(news(update))));
        try (watch) {
            inTurn.accept(new RunNews.Snapshot(show(run)));
            RunView view = attempt(() -> runs.ended(TENANT, run)).get();
            // The last updates may still be on their way; whoever looks on need not wait for them.
            inTurn.accept(new RunNews.Snapshot(view));
            return view;
        } catch (ExecutionException e) {
            throw refusal(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Closing a watch fails for no reason that a caller could do something about. */
    private record Watch(AutoCloseable watch) implements AutoCloseable {
        @Override
        public void close() {
            try {
                watch.close();
            } catch (Exception e) {
                throw new IllegalStateException("a watch does not close", e);
            }
        }
    }

    private static RunNews news(RunUpdate update) {
        return switch (update) {
            case RunUpdate.RunChanged u -> new RunNews.RunChanged(u.state());
            case RunUpdate.TaskChanged u ->
                    new RunNews.TaskChanged(u.task(), u.item(), u.state(), u.attempt(), u.error());
            case RunUpdate.ItemsKnown u -> new RunNews.ItemsKnown(u.task(), u.total());
            case RunUpdate.Progress u ->
                    new RunNews.Progress(u.task(), u.item(), u.fraction(), u.message());
            case RunUpdate.Metric u -> new RunNews.Metric(u.task(), u.item(), u.name(), u.value());
            case RunUpdate.LogLine u ->
                    new RunNews.LogLine(u.task(), u.item(), u.attempt(), u.number(), u.line());
        };
    }

    @Override
    public RunView show(RunId run) throws Refusal {
        return attempt(() -> runs.show(TENANT, run));
    }

    @Override
    public List<RunLine> runs(RunQuery query) throws Refusal {
        JournalStore.RunQuery own =
                new JournalStore.RunQuery(
                        query.flow(), query.state(), query.after(), query.limit());
        return lines(attempt(() -> runs.list(TENANT, own)));
    }

    @Override
    public List<RunLine> unfinished() {
        return lines(
                runs.unfinished().stream().filter(row -> row.tenant().equals(TENANT)).toList());
    }

    private static List<RunLine> lines(List<JournalStore.RunRow> rows) {
        return rows.stream()
                .map(row ->
                        new RunLine(
                                row.id(),
                                row.flow(),
                                row.version(),
                                row.state(),
                                row.createdMicros(),
                                row.startedMicros(),
                                row.endedMicros(),
                                row.parent()))
                .toList();
    }

    @Override
    public void resumeUnfinished(List<RunId> ids) {
        runs.resumeUnfinished(ids);
    }

    @Override
    public void cancel(RunId run) throws Refusal {
        act(() -> runs.cancel(TENANT, run, user));
    }

    @Override
    public void pause(RunId run) throws Refusal {
        act(() -> runs.pause(TENANT, run, user));
    }

    @Override
    public void resume(RunId run) throws Refusal {
        act(() -> runs.resume(TENANT, run, user));
    }

    @Override
    public RunId replay(RunId run, @Nullable String from, @Nullable Integer version)
            throws Refusal {
        return attempt(() -> runs.replay(TENANT, run, from, version, user));
    }

    @Override
    public void answer(RunId run, String task, int item, Map<String, Value> answer) throws Refusal {
        act(() -> runs.answer(TENANT, run, task, item, user, answer));
    }

    @Override
    public Path log(RunId run, String task, int item, int attempt) {
        return ground.logs().path(TENANT, run, task, item, attempt);
    }

    @Override
    public Path open(RunId run, Value.Artifact artifact) throws Refusal {
        return attempt(() -> ground.results().link(run, artifact, path(artifact)));
    }

    private Path path(Value.Artifact artifact) throws IOException {
        return ground.artifacts().path(TENANT, artifact.digest());
    }

    @Override
    public List<Value> preview(Value.Artifact table, int rows) throws Refusal {
        try {
            return ground.tables().preview(path(table), Math.clamp(rows, 1, 1000));
        } catch (IOException | TaskException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal(e);
        }
    }

    @Override
    public void export(Value.Artifact artifact, Path target) throws Refusal {
        act(() -> ground.artifacts().export(TENANT, artifact.digest(), target));
    }

    @Override
    public List<String> scrub() throws Refusal {
        return attempt(() -> ground.artifacts().scrub(TENANT)).stream()
                .map(LocalWorkspace::tell)
                .toList();
    }

    private static String tell(ArtifactStore.Damage damage) {
        return damage.expected() + " is damaged: " + damage.found();
    }

    @Override
    public Collected collectGarbage() throws Refusal {
        ArtifactStore.Collected collected = attempt(() -> runs.collectGarbage(TENANT));
        return new Collected(collected.artifacts(), collected.bytes());
    }

    @Override
    public int purge(List<RunId> ids) throws Refusal {
        return attempt(() -> {
            int removed = runs.purge(TENANT, ids);
            for (RunId run : ids) {
                if (ground.journal().find(TENANT, run) == null) {
                    ground.results().remove(run);
                }
            }
            return removed;
        });
    }

    @Override
    public void close() {
        runs.close();
        ground.close();
    }

    @FunctionalInterface
    private interface Attempt<T extends @Nullable Object> {
        T get() throws RefusedException, StoreException, IOException;
    }

    @FunctionalInterface
    private interface Act {
        void run() throws RefusedException, StoreException, IOException;
    }

    private static <T extends @Nullable Object> T attempt(Attempt<T> attempt) throws Refusal {
        try {
            return attempt.get();
        } catch (RefusedException | StoreException | IOException e) {
            throw refusal(e);
        }
    }

    private static void act(Act act) throws Refusal {
        try {
            act.run();
        } catch (RefusedException | StoreException | IOException e) {
            throw refusal(e);
        }
    }

    private static Refusal refusal(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new Refusal(
                e instanceof RefusedException refused
                        ? switch (refused.reason()) {
                            case INVALID -> Refusal.Reason.INVALID;
                            case NOT_FOUND -> Refusal.Reason.NOT_FOUND;
                            case CONFLICT -> Refusal.Reason.CONFLICT;
                            case UNAVAILABLE -> Refusal.Reason.UNAVAILABLE;
                        }
                        : Refusal.Reason.UNAVAILABLE,
                message,
                e);
    }
}
