package dev.sluice.runtime;

import dev.sluice.compiler.FlowCompiler;
import dev.sluice.engine.Command;
import dev.sluice.engine.Effect;
import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.engine.RunViews;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.runtime.RefusedException.Reason;
import dev.sluice.spi.ArtifactStore;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.JournalStore.RunQuery;
import dev.sluice.spi.JournalStore.RunRow;
import dev.sluice.spi.LogStore;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TableFormats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Everything that can be done with runs, on one data directory. Thread-safe. */
public final class Runs implements AutoCloseable {
    private static final long CLOSE_SECONDS = 10;

    /** Submissions that are not yet durable; more wait in their callers. */
    private static final int SUBMISSIONS_MAX = 10_000;

    private final Ground ground;
    private final Semaphore submissionsLeft = new Semaphore(SUBMISSIONS_MAX);
    private final Clock clock;
    private final RunIds ids;
    private final Timers timers = new Timers();
    private final Watchers watchers = new Watchers();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("sluice-shell-", 0).factory());
    private final FlowCatalog catalog;
    private final Submissions submissions;
    private final Dispatcher dispatcher;
    private final Children children;
    private final Writer writer;
    private final List<RunRow> unfinished;
    private final Set<RunId> left;

    /**
     * What the runtime stands on.
     *
     * @param workRoot folder for the attempts' private folders, on the artifacts' disk
     * @param fileRoots folders outside the flow's own that flows may read and write
     * @param processSlots how many heavy attempts may run at once
     * @param trouble is told, in one line, what went wrong outside any run, such as a full disk
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
            int processSlots,
            Consumer<String> trouble) {
        public Ground {
            fileRoots = List.copyOf(fileRoots);
        }
    }

    private Runs(Ground ground, Clock clock, List<RunRow> unfinished) {
        this.ground = ground;
        this.clock = clock;
        this.ids = new RunIds(clock);
        this.unfinished = List.copyOf(unfinished);
        this.left = unfinished.stream().map(RunRow::id).collect(Collectors.toUnmodifiableSet());
        this.catalog = new FlowCatalog(ground.journal(), ground.compiler());
        this.submissions = new Submissions(ground, catalog, ids);
        this.writer =
                new Writer(
                        ground.journal(),
                        catalog,
                        clock,
                        timers,
                        threads,
                        watchers,
                        this::release,
                        ground.trouble());
        this.dispatcher = new Dispatcher(ground, clock, watchers, timers, writer::add);
        this.children =
                new Children(
                        ground.journal(),
                        this::submitChild,
                        this::cancelQuietly,
                        writer::add,
                        threads,
                        timers);
    }

    /**
     * Opens the runtime; what another process left under way stays as it is until {@link
     * #resumeUnfinished}.
     */
    public static Runs open(Ground ground) throws StoreException {
        return open(ground, Clock.system());
    }

    static Runs open(Ground ground, Clock clock) throws StoreException {
        Runs runs = new Runs(ground, clock, ground.journal().unfinished());
        runs.writer.start();
        return runs;
    }

    /** Runs that a crash or a stop had left under way when this was opened, oldest first. */
    public List<RunRow> unfinished() {
        return unfinished;
    }

    /**
     * Lets runs that were left under way go on, and with them their unfinished parents and
     * children.
     */
    public void resumeUnfinished(List<RunId> runs) {
        Set<RunId> wanted = new HashSet<>(runs);
        int before;
        do { // one more generation each time, and there are at most ten
            before = wanted.size();
            for (RunRow row : unfinished) {
                if (row.parent() != null && wanted.contains(row.parent())) {
                    wanted.add(row.id());
                } else if (row.parent() != null && wanted.contains(row.id())) {
                    wanted.add(row.parent());
                }
            }
        } while (wanted.size() > before);
        for (RunRow row : unfinished) {
            if (wanted.contains(row.id())) {
                writer.add(new Request.Wake(row.tenant(), row.id()));
            }
        }
    }

    private void release(LiveRun run, Effect effect) {
        RunId id = run.row.id();
        switch (effect) {
            case Effect.Dispatch e -> dispatcher.dispatch(run, e.task(), e.item(), e.attempt());
            case Effect.Abort e -> dispatcher.abort(id, e.task(), e.item());
            case Effect.AbortChild e ->
                    children.cancel(run, e.task(), e.item(), e.attempt(), e.flow());
            case Effect.ArmTimer e -> {
                Command due = new Command.TimerDue(e.task(), e.item(), e.attempt());
                run.arm(e.task(), e.item(), tellAt(run, e.at(), due));
            }
            case Effect.ArmRunTimer e ->
                    run.arm(
                            LiveRun.ITSELF,
                            RunEvent.WHOLE,
                            tellAt(run, e.at(), new Command.RunTimeDue()));
            case Effect.StartChild e -> children.start(run, e);
            case Effect.TellEnded
                            _ -> {} // the run's future tells, its parent's among the listeners
        }
    }

    private Future<?> tellAt(LiveRun run, long atMicros, Command due) {
        TenantId tenant = run.row.tenant();
        RunId id = run.row.id();
        return timers.cancellable(
                atMicros - run.nowMicros(clock), () -> writer.tell(tenant, id, due));
    }

    private CompletableFuture<RunFold> submitChild(
            LiveRun parent, Effect.StartChild child, String key)
            throws RefusedException, StoreException {
        RunEvent.Submitted own = parent.fold.submitted();
        FlowCatalog.Ready flow = catalog.find(parent.row.tenant(), child.flow(), child.version());
        Request.Submit request =
                submissions.request(
                        parent.row.tenant(),
                        flow,
                        new Submission(
                                child.flow(),
                                child.version(),
                                child.inputs(),
                                key,
                                flow.folder(),
                                own.by(),
                                Value.MapOf.EMPTY),
                        new RunEvent.Parent(
                                parent.row.id(), child.task(), child.item(), child.attempt()),
                        own.depth() + 1,
                        Submissions.Reuse.NONE);
        enqueue(request);
        wakeIfLeft(parent.row.tenant(), await(request.accepted()));
        return request.ended();
    }

    /** Holds the caller up while too many submissions are under way. */
    private void enqueue(Request.Submit request) {
        submissionsLeft.acquireUninterruptibly();
        var _ = request.accepted().whenComplete((_, _) -> submissionsLeft.release());
        writer.add(request);
    }

    /** A child that a crash had left goes on with its parent. */
    private void wakeIfLeft(TenantId tenant, RunId child) {
        if (left.contains(child)) {
            writer.add(new Request.Wake(tenant, child));
        }
    }

    private void cancelQuietly(TenantId tenant, RunId run) {
        writer.tell(tenant, run, new Command.Cancel("parent run"));
    }

    /**
     * Checks and keeps a flow's text.
     *
     * @param folder the flow's own folder, to which its relative paths belong
     * @return its version
     * @throws RefusedException if it has mistakes; compile it to get them with their places
     */
    public int saveFlow(TenantId tenant, String text, Path folder, String author)
            throws RefusedException, StoreException {
        return catalog.save(tenant, text, folder, author, clock.nowMicros()).version();
    }

    /**
     * A run to start.
     *
     * @param version of the flow, or null for the newest
     * @param inputs given values; files as artifacts, or as text, the path of a file that the
     *     caller may read
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

    /**
     * A run that was asked for.
     *
     * @param accepted the run, once it is durable; fails with {@link RefusedException} or {@link
     *     StoreException}
     * @param ended the run as it ended; completes after {@code accepted}
     */
    public record Started(CompletableFuture<RunId> accepted, CompletableFuture<RunView> ended) {}

    /**
     * Asks for a run without waiting until it is durable.
     *
     * @throws RefusedException if the flow or its inputs are wrong
     */
    public Started start(TenantId tenant, Submission submission)
            throws RefusedException, StoreException {
        FlowCatalog.Ready flow = catalog.find(tenant, submission.flow(), submission.version());
        Request.Submit request =
                submissions.request(tenant, flow, submission, null, 0, Submissions.Reuse.NONE);
        enqueue(request);
        return new Started(request.accepted(), request.ended().thenApply(this::view));
    }

    /** Starts a run; it is durable on return. */
    public RunId submit(TenantId tenant, Submission submission)
            throws RefusedException, StoreException {
        return await(start(tenant, submission).accepted());
    }

    private RunView view(RunFold run) {
        return RunViews.of(run, clock.nowMicros());
    }

    /** Completes when the run has ended durably; at once if it has. */
    public CompletableFuture<RunView> ended(TenantId tenant, RunId run)
            throws RefusedException, StoreException {
        RunFold past = foldIfEnded(tenant, run);
        if (past != null) {
            return CompletableFuture.completedFuture(view(past));
        }
        CompletableFuture<RunFold> answer = new CompletableFuture<>();
        writer.add(new Request.Await(tenant, run, answer));
        return answer.thenApply(this::view);
    }

    public RunView show(TenantId tenant, RunId run) throws RefusedException, StoreException {
        RunFold past = foldIfEnded(tenant, run);
        if (past != null) {
            return view(past);
        }
        CompletableFuture<RunView> answer = new CompletableFuture<>();
        writer.add(new Request.View(tenant, run, answer));
        return await(answer);
    }

    /**
     * A run that has ended, folded here so that looking at the past never holds the writer up; else
     * null.
     */
    private @Nullable RunFold foldIfEnded(TenantId tenant, RunId run)
            throws RefusedException, StoreException {
        RunRow row = ground.journal().find(tenant, run);
        if (row == null) {
            throw LiveRuns.notFound(run);
        }
        return row.state().isEnded()
                ? LiveRuns.fold(
                        row,
                        catalog.find(tenant, row.flow(), row.version()),
                        ground.journal().events(tenant, run))
                : null;
    }

    public List<RunRow> list(TenantId tenant, RunQuery query) throws StoreException {
        return ground.journal().list(tenant, query);
    }

    /** Ends the run and its processes; returns when the wish is durable. */
    public void cancel(TenantId tenant, RunId run, String by)
            throws RefusedException, StoreException {
        ask(tenant, run, new Command.Cancel(by));
    }

    /** Starts nothing new until {@link #resume}; attempts under way end by themselves. */
    public void pause(TenantId tenant, RunId run, String by)
            throws RefusedException, StoreException {
        ask(tenant, run, new Command.Pause(by));
    }

    /**
     * Lets a paused run go on; runs a failed or cancelled one again from where it failed, keeping
     * what succeeded.
     */
    public void resume(TenantId tenant, RunId run, String by)
            throws RefusedException, StoreException {
        ask(tenant, run, new Command.Resume(by));
    }

    private void ask(TenantId tenant, RunId run, Command command)
            throws RefusedException, StoreException {
        CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
        writer.add(new Request.Ask(tenant, run, command, answer));
        await(answer);
    }

    /**
     * Makes a new run of the same inputs that reuses what is neither {@code from} nor behind it.
     *
     * @param from task path, or null to run everything again
     * @param version of the flow, or null for the run's own
     */
    public RunId replay(
            TenantId tenant, RunId run, @Nullable String from, @Nullable Integer version, String by)
            throws RefusedException, StoreException {
        RunFold old = foldIfEnded(tenant, run);
        if (old == null) {
            throw new RefusedException(
                    Reason.CONFLICT,
                    "run " + run + " has not ended: wait for its end, or cancel it first");
        }
        int wanted = version == null ? old.identity().version() : version;
        FlowCatalog.Ready flow = catalog.find(tenant, old.identity().flow(), wanted);
        Request.Submit request = submissions.replay(tenant, flow, old, from, by);
        enqueue(request);
        return await(request.accepted());
    }

    /** Answers a waiting approval. {@code answer} holds {@code approved} and the form's fields. */
    public void answer(
            TenantId tenant, RunId run, String task, int item, String by, Map<String, Value> answer)
            throws RefusedException, StoreException {
        RunView view = show(tenant, run);
        FlowCatalog.Ready flow = catalog.find(tenant, view.flow(), view.version());
        Integer index = flow.flow().plan().indexOf(task);
        if (index == null) {
            throw new RefusedException(
                    Reason.NOT_FOUND, "run " + run + " has no task \"" + task + "\"");
        }
        Map<String, Value> outputs = Approvals.outputs(view.tasks().get(index), by, answer);
        ask(tenant, run, new Command.Answer(index, item, by, outputs));
    }

    /**
     * Tells the consumer what happens in a run from now on, in order, until closed; a slow one
     * loses log lines only.
     */
    public AutoCloseable watch(TenantId tenant, RunId run, Consumer<RunUpdate> consumer) {
        Watcher watcher = new Watcher(consumer);
        writer.add(new Request.Watch(tenant, run, watcher));
        return () -> {
            watchers.remove(run, watcher);
            watcher.close();
        };
    }

    boolean isWatched(RunId run) {
        return watchers.isWatched(run);
    }

    /** Removes artifacts that no run refers to; those that are younger than a minute stay. */
    public ArtifactStore.Collected collectGarbage(TenantId tenant)
            throws StoreException, IOException {
        long before = Math.min(dispatcher.oldestStartMicros(), clock.wallMicros() - 60_000_000);
        return ground.artifacts().collect(tenant, ground.journal().references(tenant), before);
    }

    /**
     * Removes runs that have ended, with their logs.
     *
     * @return how many
     */
    public int purge(TenantId tenant, List<RunId> runs) throws StoreException, IOException {
        int removed = ground.journal().purge(tenant, runs);
        for (RunId run : runs) {
            if (ground.journal().find(tenant, run) == null) {
                ground.logs().remove(tenant, run);
            }
        }
        return removed;
    }

    /**
     * Stops: attempts under way are ended and go on at the next start. Does not close what it
     * stands on.
     */
    @Override
    public void close() {
        dispatcher.close();
        CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
        writer.add(new Request.Stop(stopped));
        try {
            stopped.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            ground.trouble()
                    .accept(
                            "the runs under way could not be put down in order ("
                                    + e.getMessage()
                                    + "); they go on with: sluice runs resume");
        }
        timers.close();
        threads.shutdown();
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> future)
            throws RefusedException, StoreException {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            if (e.getCause() instanceof StoreException store) {
                throw store;
            }
            throw e;
        }
    }
}
