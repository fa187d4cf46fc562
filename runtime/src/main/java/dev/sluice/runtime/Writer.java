package dev.sluice.runtime;

import dev.sluice.engine.Command;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.engine.RunIdentity;
import dev.sluice.engine.RunViews;
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
 * back and tried again, since it cannot be asked for a second time. If a defect shows, the requests
 * of the batch are taken one by one, so that only the run that it is about suffers.
 */
final class Writer {
    private static final int BATCH_MAX = 4096;
    private static final long RETRY_MICROS = 500_000;

    private final JournalStore journal;
    private final Clock clock;
    private final Timers timers;
    private final ExecutorService answers;
    private final Watchers watchers;
    private final Effects effects;
    private final Consumer<String> trouble;
    private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private final LiveRuns live;
    private final Lanes lanes = new Lanes();
    private final Thread thread;

    // The batch at hand.
    private final Set<LiveRun> touched = new LinkedHashSet<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final List<Consumer<StoreException>> afterFailure = new ArrayList<>();
    private final Map<Lanes.Key, RunId> newKeys = new HashMap<>();
    private boolean stopped;

    private volatile boolean closed;

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
        this.live = new LiveRuns(journal, catalog, clock);
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
        if (closed) {
            refuseWhatIsQueued();
        }
    }

    void tell(TenantId tenant, RunId run, Command command) {
        add(new Request.Tell(tenant, run, command));
    }

    private void loop() {
        List<Request> batch = new ArrayList<>(BATCH_MAX);
        while (!stopped) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            queue.drainTo(batch, BATCH_MAX - 1);
            work(batch);
            batch.clear();
        }
        closed = true;
        refuseWhatIsQueued();
    }

    private void refuseWhatIsQueued() {
        Request left;
        while ((left = queue.poll()) != null) {
            fail(left, stopping());
        }
    }

    private static StoreException stopping() {
        return new StoreException("this process is shutting down; nothing was written");
    }

    private void work(List<Request> batch) {
        if (!together(batch)) {
            for (Request request : batch) {
                boolean unused = together(List.of(request));
            }
        }
    }

    /** Whether the batch is dealt with; if not, nothing of it was written. */
    private boolean together(List<Request> batch) {
        boolean committed = false;
        try {
            for (Request request : batch) {
                try {
                    handle(request);
                } catch (RefusedException | StoreException e) {
                    afterCommit.add(() -> answers.execute(() -> fail(request, e)));
                    afterFailure.add(_ -> fail(request, e));
                }
            }
            commit();
            committed = true;
            succeeded();
        } catch (StoreException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            // A defect: what is in memory cannot be trusted, what is in the journal can.
            StoreException defect = new StoreException("internal error: " + e, e);
            if (committed) {
                failed(defect);
            } else {
                distrust();
                if (batch.size() > 1) {
                    return false;
                }
                trouble.accept(defect.getMessage());
                fail(batch.getFirst(), defect);
            }
        } finally {
            touched.forEach(LiveRun::clearBatch);
            touched.clear();
            afterCommit.clear();
            afterFailure.clear();
            newKeys.clear();
        }
        return true;
    }

    /** Tells whoever asked; what nobody would ask for again is put back. */
    private void fail(Request request, Exception why) {
        if (why instanceof StoreException
                && (request instanceof Request.Tell || request instanceof Request.Wake)) {
            again(request);
        } else {
            request.refuse(why);
        }
    }

    private void again(Request request) {
        if (!closed) {
            timers.after(RETRY_MICROS, () -> add(request));
        }
    }

    // ---- requests

    private void handle(Request request) throws RefusedException, StoreException {
        if (stopped) {
            throw stopping();
        }
        switch (request) {
            case Request.Submit r -> submit(r);
            case Request.Ask r -> ask(r);
            case Request.Tell r -> tellRun(r);
            case Request.Wake r -> wake(r);
            case Request.View r -> {
                LiveRun run = live.load(r.tenant(), r.run());
                dev.sluice.model.RunView view = RunViews.of(run.fold, clock.nowMicros());
                answerAfterCommit(r.answer(), view);
                live.forgetIfEnded(run);
            }
            case Request.Await r -> {
                LiveRun run = live.load(r.tenant(), r.run());
                var _ =
                        run.ended.whenComplete((fold, failure) -> {
                            if (failure == null) {
                                r.answer().complete(fold);
                            } else {
                                r.answer().completeExceptionally(failure);
                            }
                        });
                if (run.row.state().isEnded() && !run.touched()) {
                    afterCommit.add(() -> run.ended.complete(run.fold));
                    live.forgetIfEnded(run);
                }
            }
            case Request.Watch r -> {
                LiveRun run = live.load(r.tenant(), r.run());
                afterCommit.add(() -> {
                    watchers.add(r.run(), r.watcher());
                    watchers.tellAll(run.fold, r.watcher());
                });
                live.forgetIfEnded(run);
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
        boolean queued = false;
        if (limit != null && !lanes.enter(identity, limit)) {
            lanes.await(identity, limit);
            queued = true;
        }
        Command.Submit submit = r.submit().queued(queued);
        RunEvent.Parent parent = submit.parent();
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
                        parent == null ? null : parent.run());
        LiveRun run =
                new LiveRun(
                        r.flow(), new RunFold(identity, r.flow().flow().plan()), row, r.ended());
        live.add(run);
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
        LiveRun run = live.load(r.tenant(), r.run());
        try {
            change(run, r.command());
        } finally {
            live.forgetIfEnded(run);
        }
        answerAfterCommit(r.answer(), null);
    }

    private void tellRun(Request.Tell r) throws RefusedException, StoreException {
        if (live.isPast(r.tenant(), r.run())) {
            r.settled().run();
            return;
        }
        LiveRun run = live.load(r.tenant(), r.run());
        afterFailure.add(_ -> again(r));
        if (r.command() instanceof Command.TimerDue c) {
            run.disarm(c.task(), c.item());
        } else if (r.command() instanceof Command.RunTimeDue) {
            run.disarm(LiveRun.ITSELF, RunEvent.WHOLE);
        }
        try {
            change(run, r.command());
        } finally {
            live.forgetIfEnded(run);
        }
        if (run.touched()) {
            run.newCached.addAll(r.cached());
        }
        afterCommit.add(r.settled());
    }

    private void wake(Request.Wake r) throws RefusedException, StoreException {
        LiveRun run = live.load(r.tenant(), r.run());
        afterFailure.add(_ -> again(r));
        if (run.isAtRest() && !run.fold.state().isEnded()) {
            goOn(run, true);
        }
    }

    /** Decides a command, which may also be the reason for a dormant run to go on here. */
    private void change(LiveRun run, Command command) throws RefusedException {
        boolean again = run.fold.state().isEnded() && run.fold.state() != RunState.SUCCEEDED;
        if (command instanceof Command.Resume && again) {
            takeTurn(run);
            run.wakes = true;
        }
        decide(run, command);
        if (run.isAtRest()) {
            if (command instanceof Command.Resume) {
                goOn(run, true);
            } else if (command instanceof Command.Cancel) {
                goOn(run, false); // its children have to be cancelled too
            }
        }
    }

    /** A run that has ended may only go on if its flow's concurrency leaves room. */
    private void takeTurn(LiveRun run) throws RefusedException {
        Integer limit = run.flow.flow().flow().concurrency();
        RunIdentity identity = run.fold.identity();
        if (limit == null || lanes.isInside(identity)) {
            return;
        }
        if (!lanes.enter(identity, limit)) {
            throw new RefusedException(
                    RefusedException.Reason.CONFLICT,
                    "run "
                            + identity.run()
                            + " cannot go on yet: flow \""
                            + identity.flow()
                            + "\" has a concurrency of "
                            + limit
                            + " and as many runs under way; resume it when one of them has ended");
        }
        afterFailure.add(_ -> leaveLane(identity));
    }

    /** Starts again whatever a run should have under way. */
    private void goOn(LiveRun run, boolean counted) throws RefusedException {
        run.wakes = true;
        Integer limit = run.flow.flow().flow().concurrency();
        RunIdentity identity = run.fold.identity();
        boolean free = true;
        if (limit != null && run.fold.state() == RunState.QUEUED) {
            free = lanes.enter(identity, limit);
            if (!free) {
                lanes.await(identity, limit);
            }
        } else if (limit != null && !run.fold.state().isEnded()) {
            lanes.enterAnyway(identity, limit);
        }
        decide(run, new Command.AttemptsLost(counted));
        if (free) {
            decide(run, new Command.Start());
        }
        run.newEffects.clear();
        run.newEffects.addAll(run.fold.effects());
    }

    private void stop(Request.Stop r) throws RefusedException {
        for (LiveRun run : live.all()) {
            if (!run.fold.state().isEnded() && !run.isAtRest()) {
                run.dormant = true;
                run.wakes = false;
                decide(run, new Command.AttemptsLost(false));
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
        touched.add(run);
        long now = run.nowMicros(clock);
        Decision decision =
                run.isAtRest()
                        ? Engine.decideAtRest(run.fold, command, now)
                        : Engine.decide(run.fold, command, now);
        switch (decision) {
            case Decision.Refused refused ->
                    throw new RefusedException(RefusedException.Reason.CONFLICT, refused.message());
            case Decision.Accepted accepted -> {
                run.newEvents.addAll(accepted.events());
                run.newEffects.addAll(accepted.effects());
            }
        }
    }

    // ---- commit

    private void commit() throws StoreException {
        List<Append> appends = new ArrayList<>(touched.size());
        for (LiveRun run : touched) {
            if (run.touched()) {
                appends.add(run.append());
            }
        }
        if (!appends.isEmpty()) {
            journal.commit(new JournalStore.Commit(appends));
        }
    }

    private void succeeded() {
        for (LiveRun run : touched) {
            if (run.touched()) {
                run.stored = true;
                run.nextSeq++;
                if (watchers.isWatched(run.row.id())) {
                    watchers.tell(run.fold, run.newEvents);
                }
            }
            run.dormant &= !run.wakes;
            if (!run.dormant) {
                for (Effect effect : run.newEffects) {
                    effects.release(run, effect);
                }
            }
            if (run.touched() && run.fold.state().isEnded()) {
                live.forget(run);
                run.disarmAll();
                answers.execute(() -> run.ended.complete(run.fold));
                leaveLane(run.fold.identity());
            }
        }
        afterCommit.forEach(Runnable::run);
    }

    private void leaveLane(RunIdentity run) {
        RunIdentity next = lanes.leave(run);
        if (next != null) {
            tell(next.tenant(), next.run(), new Command.Start());
        }
    }

    private void failed(StoreException e) {
        trouble.accept(e.getMessage());
        distrust();
        afterFailure.forEach(action -> action.accept(e));
        stopped = false;
    }

    private void distrust() {
        for (LiveRun run : touched) {
            live.distrust(run);
            if (!run.stored) {
                leaveLane(run.fold.identity());
            }
        }
    }
}
