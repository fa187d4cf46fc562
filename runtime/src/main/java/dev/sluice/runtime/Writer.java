package dev.sluice.runtime;

import dev.sluice.engine.Command;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EventCodec;
import dev.sluice.engine.RunFold;
import dev.sluice.engine.RunIdentity;
import dev.sluice.engine.RunViews;
import dev.sluice.model.Digest;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.RunRow;
import dev.sluice.spi.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes runs.
 *
 * <p>It takes whatever requests are queued, of any runs and several of one run too; decides each on
 * the run in memory; writes all new events in one transaction; and only when they are durable
 * releases their effects and answers. Under load the batch grows by itself, so thousands of
 * transitions share one sync; alone, a transition costs one sync. The batch is never held open to
 * wait for more.
 *
 * <p>If the commit fails, every run that was touched is forgotten and folded again from the journal
 * when next needed. Whoever asked is told; what the shell reported (an attempt has ended) is put
 * back and tried again, since it cannot be asked for a second time.
 */
final class Writer {
    private static final int BATCH_MAX = 4096;
    private static final long RETRY_MICROS = 500_000;

    private final JournalStore journal;
    private final FlowCatalog catalog;
    private final Clock clock;
    private final Timers timers;
    private final ExecutorService answers;
    private final Watchers watchers;
    private final Effects effects;
    private final Consumer<String> trouble;
    private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private final Map<RunId, LiveRun> live = new HashMap<>();

    /**
     * Runs that were under way when a commit failed, and the futures of those who wait for them.
     */
    private final Map<RunId, CompletableFuture<RunFold>> interrupted = new HashMap<>();

    private final Lanes lanes = new Lanes();
    private final Thread thread;

    // The batch at hand.
    private final Set<LiveRun> touched = new LinkedHashSet<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final List<Consumer<StoreException>> afterFailure = new ArrayList<>();
    private final Map<Lanes.Key, RunId> newKeys = new HashMap<>();
    private boolean stopped;

    /** What is done once events are durable. Must not block. */
    interface Effects {
        void release(LiveRun run, Effect effect);
    }

    Writer(
            JournalStore journal,
            FlowCatalog catalog,
            Clock clock,
            Timers timers,
            ExecutorService answers,
            Watchers watchers,
            Effects effects,
            Consumer<String> trouble) {
        this.journal = journal;
        this.catalog = catalog;
        this.clock = clock;
        this.timers = timers;
        this.answers = answers;
        this.watchers = watchers;
        this.effects = effects;
        this.trouble = trouble;
        this.thread = Thread.ofPlatform().name("sluice-writer").daemon().unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    void add(Request request) {
        queue.add(request);
    }

    void tell(TenantId tenant, RunId run, Command command) {
        queue.add(new Request.Tell(tenant, run, command, List.of()));
    }

    private void loop() {
        List<Request> batch = new ArrayList<>(BATCH_MAX);
        while (!stopped) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            queue.drainTo(batch, BATCH_MAX - 1);
            work(batch);
            batch.clear();
        }
    }

    private void work(List<Request> batch) {
        try {
            for (Request request : batch) {
                try {
                    handle(request);
                } catch (RefusedException | StoreException e) {
                    answers.execute(() -> fail(request, e));
                }
            }
            commit();
            succeeded();
        } catch (StoreException e) {
            failed(e);
        } catch (RuntimeException e) {
            // A defect: what is in memory cannot be trusted, what is in the journal can.
            failed(new StoreException("internal error: " + e, e));
        } finally {
            touched.forEach(LiveRun::clearBatch);
            touched.clear();
            afterCommit.clear();
            afterFailure.clear();
            newKeys.clear();
        }
    }

    private static void fail(Request request, Exception why) {
        switch (request) {
            case Request.Submit r -> {
                r.accepted().completeExceptionally(why);
                r.ended().completeExceptionally(why);
            }
            case Request.Ask r -> r.answer().completeExceptionally(why);
            case Request.View r -> r.answer().completeExceptionally(why);
            case Request.Await r -> r.answer().completeExceptionally(why);
            case Request.Stop r -> r.done().completeExceptionally(why);
            case Request.Tell _, Request.Wake _, Request.Watch _ -> {}
        }
    }

    // ---- requests

    private void handle(Request request) throws RefusedException, StoreException {
        switch (request) {
            case Request.Submit r -> submit(r);
            case Request.Ask r -> ask(r);
            case Request.Tell r -> tellRun(r);
            case Request.Wake r -> wake(r);
            case Request.View r -> {
                LiveRun run = load(r.tenant(), r.run());
                dev.sluice.model.RunView view = RunViews.of(run.fold, clock.nowMicros());
                answerAfterCommit(r.answer(), view);
                forgetIfEnded(run);
            }
            case Request.Await r -> {
                LiveRun run = load(r.tenant(), r.run());
                var _ = run.ended.whenComplete((fold, _) -> r.answer().complete(fold));
                if (run.row.state().isEnded() && !run.touched()) {
                    afterCommit.add(() -> run.ended.complete(run.fold));
                    forgetIfEnded(run);
                }
            }
            case Request.Watch r -> {
                LiveRun run = load(r.tenant(), r.run());
                afterCommit.add(() -> {
                    watchers.add(r.run(), r.watcher());
                    watchers.tellAll(run.fold, r.watcher());
                });
                forgetIfEnded(run);
            }
            case Request.Stop r -> stop(r);
        }
    }

    private void submit(Request.Submit r) throws RefusedException, StoreException {
        if (r.key() != null) {
            RunId earlier = earlierRun(r);
            if (earlier != null) {
                answerAfterCommit(r.accepted(), earlier);
                handle(new Request.Await(r.tenant(), earlier, r.ended()));
                return;
            }
        }
        RunIdentity identity =
                new RunIdentity(
                        r.tenant(), r.run(), r.flow().flow().flow().id(), r.flow().version());
        Integer limit = r.flow().flow().flow().concurrency();
        boolean queued = limit != null && !lanes.enter(identity, limit);
        Command.Submit c = r.submit();
        Command.Submit submit =
                new Command.Submit(
                        c.inputs(),
                        c.trigger(),
                        c.folder(),
                        c.by(),
                        c.seed(),
                        c.parent(),
                        c.depth(),
                        queued,
                        c.reused(),
                        c.reusedFrom());
        RunId parent = c.parent() == null ? null : c.parent().run();
        RunRow row =
                new RunRow(
                        r.tenant(),
                        r.run(),
                        identity.flow(),
                        identity.version(),
                        RunState.QUEUED,
                        0,
                        0,
                        0,
                        r.key(),
                        parent);
        LiveRun run =
                new LiveRun(
                        r.flow(), new RunFold(identity, r.flow().flow().plan()), row, r.ended());
        live.put(r.run(), run);
        decide(run, submit);
        if (r.key() != null) {
            newKeys.put(new Lanes.Key(r.tenant(), identity.flow(), r.key()), r.run());
        }
        answerAfterCommit(r.accepted(), r.run());
        afterFailure.add(e -> r.ended().completeExceptionally(e));
    }

    private @Nullable RunId earlierRun(Request.Submit r) throws StoreException {
        String key = java.util.Objects.requireNonNull(r.key());
        dev.sluice.model.FlowId flow = r.flow().flow().flow().id();
        RunId pending = newKeys.get(new Lanes.Key(r.tenant(), flow, key));
        if (pending != null) {
            return pending;
        }
        RunRow row = journal.findByKey(r.tenant(), flow, key);
        return row == null ? null : row.id();
    }

    private void ask(Request.Ask r) throws RefusedException, StoreException {
        LiveRun run = load(r.tenant(), r.run());
        try {
            boolean resume = r.command() instanceof Command.Resume;
            if (resume && run.fold.state().isEnded()) {
                run.dormant = false;
            }
            decide(run, r.command());
            if (run.dormant && resume) {
                goOn(run);
            } else if (run.dormant && r.command() instanceof Command.Cancel) {
                decide(
                        run,
                        new Command.AttemptsLost(
                                false)); // nothing of it is under way here, so it ends at once
            }
        } finally {
            forgetIfEnded(run);
        }
        answerAfterCommit(r.answer(), null);
    }

    private void tellRun(Request.Tell r) throws RefusedException, StoreException {
        afterFailure.add(_ -> timers.after(RETRY_MICROS, () -> queue.add(r)));
        LiveRun run = live.get(r.run());
        if (run == null) {
            run = load(r.tenant(), r.run());
            if (run.row.state().isEnded()) {
                live.remove(r.run());
                return;
            }
            run.dormant = false;
        }
        decide(run, r.command());
        if (run.touched()) {
            run.newCached.addAll(r.cached());
        }
    }

    private void wake(Request.Wake r) throws RefusedException, StoreException {
        LiveRun run = load(r.tenant(), r.run());
        if (!run.dormant || run.fold.state().isEnded()) {
            return;
        }
        goOn(run);
        if (!run.touched()) {
            List<Effect> all = List.copyOf(run.newEffects);
            run.clearBatch();
            afterCommit.add(() -> all.forEach(effect -> effects.release(run, effect)));
        }
        afterFailure.add(_ -> timers.after(RETRY_MICROS, () -> queue.add(r)));
    }

    /** Another process left it: whatever was under way there has to begin again here. */
    private void goOn(LiveRun run) throws RefusedException {
        run.dormant = false;
        Integer limit = run.flow.flow().flow().concurrency();
        boolean free = limit == null || lanes.enter(run.fold.identity(), limit);
        decide(run, new Command.AttemptsLost(true));
        if (free) {
            decide(run, new Command.Start());
        }
        run.newEffects.clear();
        run.newEffects.addAll(run.fold.effects());
    }

    private void stop(Request.Stop r) {
        for (LiveRun run : live.values()) {
            if (!run.dormant && !run.fold.state().isEnded()) {
                run.dormant = true;
                decide0(run, new Command.AttemptsLost(false));
            }
        }
        stopped = true;
        answerAfterCommit(r.done(), null);
    }

    private <T extends @Nullable Object> void answerAfterCommit(
            CompletableFuture<T> future, T answer) {
        afterCommit.add(() -> answers.execute(() -> future.complete(answer)));
        afterFailure.add(future::completeExceptionally);
    }

    private void decide(LiveRun run, Command command) throws RefusedException {
        Decision.Refused refused = decide0(run, command);
        if (refused != null) {
            throw new RefusedException(RefusedException.Reason.CONFLICT, refused.message());
        }
    }

    private Decision.@Nullable Refused decide0(LiveRun run, Command command) {
        long now = clock.nowMicros();
        Decision decision =
                run.dormant
                        ? Engine.decideAtRest(run.fold, command, now)
                        : Engine.decide(run.fold, command, now);
        return switch (decision) {
            case Decision.Refused refused -> refused;
            case Decision.Accepted accepted -> {
                run.newEvents.addAll(accepted.events());
                run.newEffects.addAll(accepted.effects());
                if (run.touched()) {
                    touched.add(run);
                } else if (!accepted.effects().isEmpty()) {
                    afterCommit.add(() ->
                            accepted.effects().forEach(effect -> effects.release(run, effect)));
                    run.newEffects.clear();
                }
                yield null;
            }
        };
    }

    /** The run in memory, folded from the journal if it is not there yet. */
    private LiveRun load(TenantId tenant, RunId id) throws RefusedException, StoreException {
        LiveRun known = live.get(id);
        if (known != null && known.row.tenant().equals(tenant)) {
            return known;
        }
        RunRow row = journal.find(tenant, id);
        if (row == null) {
            throw notFound(id);
        }
        FlowCatalog.Ready flow = catalog.find(tenant, row.flow(), row.version());
        List<byte[]> payloads = journal.events(tenant, id);
        CompletableFuture<RunFold> waitedFor = interrupted.remove(id);
        LiveRun run =
                new LiveRun(
                        flow,
                        fold(row, flow, payloads),
                        row,
                        waitedFor == null ? new CompletableFuture<>() : waitedFor);
        run.nextSeq = payloads.size();
        run.stored = true;
        run.dormant = waitedFor == null;
        live.put(id, run);
        return run;
    }

    static RefusedException notFound(RunId id) {
        return new RefusedException(
                RefusedException.Reason.NOT_FOUND,
                "there is no run " + id + "; list them with: sluice runs ls");
    }

    static RunFold fold(RunRow row, FlowCatalog.Ready flow, List<byte[]> payloads) {
        RunFold fold =
                new RunFold(
                        new RunIdentity(row.tenant(), row.id(), row.flow(), row.version()),
                        flow.flow().plan());
        for (byte[] payload : payloads) {
            EventCodec.decode(payload).forEach(fold::apply);
        }
        return fold;
    }

    private void forgetIfEnded(LiveRun run) {
        if (run.row.state().isEnded() && !run.touched()) {
            live.remove(run.row.id());
        }
    }

    // ---- commit

    private void commit() throws StoreException {
        List<Append> appends = new ArrayList<>(touched.size());
        for (LiveRun run : touched) {
            RunRow row = rowOf(run);
            List<Digest> references = new ArrayList<>();
            run.newEvents.forEach(event -> References.of(event, references));
            appends.add(
                    new Append(
                            row,
                            !run.stored || !row.equals(run.row),
                            run.nextSeq,
                            EventCodec.encode(run.newEvents),
                            references,
                            List.copyOf(run.newCached)));
            run.row = row;
        }
        if (!appends.isEmpty()) {
            journal.commit(new JournalStore.Commit(appends));
        }
    }

    private static RunRow rowOf(LiveRun run) {
        RunRow old = run.row;
        return new RunRow(
                old.tenant(),
                old.id(),
                old.flow(),
                old.version(),
                run.fold.state(),
                run.fold.submitted().at(),
                run.fold.startedAt(),
                run.fold.endedAt(),
                old.key(),
                old.parent());
    }

    private void succeeded() {
        for (LiveRun run : touched) {
            run.stored = true;
            run.nextSeq++;
            if (watchers.isWatched(run.row.id())) {
                watchers.tell(run.fold, run.newEvents);
            }
            if (!run.dormant) {
                for (Effect effect : run.newEffects) {
                    effects.release(run, effect);
                }
            }
            if (run.fold.state().isEnded()) {
                live.remove(run.row.id());
                answers.execute(() -> run.ended.complete(run.fold));
                RunIdentity next = lanes.leave(run.fold.identity());
                if (next != null) {
                    tell(next.tenant(), next.run(), new Command.Start());
                }
            }
        }
        afterCommit.forEach(Runnable::run);
    }

    private void failed(StoreException e) {
        trouble.accept(e.getMessage());
        for (LiveRun run : touched) {
            live.remove(run.row.id());
            lanes.forget(run.fold.identity(), run.stored);
            if (run.stored && !run.dormant) {
                interrupted.put(run.row.id(), run.ended);
            }
        }
        afterFailure.forEach(action -> action.accept(e));
        stopped = false;
    }
}
