package dev.sluice.runtime;

import dev.sluice.engine.Command;
import dev.sluice.engine.Effect;
import dev.sluice.engine.RunFold;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.StoreException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Runs inside runs. A child is submitted under a key made of its parent's attempt, so starting it
 * twice, as after a crash, finds the one there is; its end is a fact for its parent.
 */
final class Children {
    private static final long RETRY_MICROS = 500_000;

    private final JournalStore journal;
    private final Submitter submitter;
    private final Dispatcher.Reports reports;
    private final ExecutorService threads;
    private final Timers timers;
    private final Canceller canceller;

    /** Children that were cancelled, perhaps while they were being submitted. */
    private final Set<String> unwanted = ConcurrentHashMap.newKeySet();

    /** Submits the child of an attempt. */
    interface Submitter {
        /**
         * @return completes when the child, new or already there, has ended
         */
        CompletableFuture<RunFold> submit(LiveRun parent, Effect.StartChild child, String key)
                throws RefusedException, StoreException;
    }

    interface Canceller {
        void cancel(TenantId tenant, RunId run);
    }

    Children(
            JournalStore journal,
            Submitter submitter,
            Canceller canceller,
            Dispatcher.Reports reports,
            ExecutorService threads,
            Timers timers) {
        this.journal = journal;
        this.submitter = submitter;
        this.canceller = canceller;
        this.reports = reports;
        this.threads = threads;
        this.timers = timers;
    }

    private static String key(LiveRun parent, int task, int item, int attempt) {
        return "child:" + parent.row.id() + "/" + task + "/" + item + "/" + attempt;
    }

    void start(LiveRun parent, Effect.StartChild child) {
        threads.execute(() -> {
            String key = key(parent, child.task(), child.item(), child.attempt());
            try {
                CompletableFuture<RunFold> end = submitter.submit(parent, child, key);
                if (unwanted.contains(key)) {
                    cancel(parent, child.task(), child.item(), child.attempt(), child.flow());
                }
                var _ =
                        end.whenComplete((ended, failure) -> {
                            unwanted.remove(key);
                            if (failure == null) {
                                report(parent, child, ended);
                            } else {
                                again(parent, child, failure);
                            }
                        });
            } catch (RefusedException e) {
                unwanted.remove(key);
                reports.add(tell(parent, child, Map.of(), String.valueOf(e.getMessage())));
            } catch (StoreException e) {
                again(parent, child, e);
            } catch (RuntimeException | Error e) { // a defect, which the parent has to learn of
                again(parent, child, new IllegalStateException("internal error: " + e, e));
            }
        });
    }

    private void again(LiveRun parent, Effect.StartChild child, Throwable why) {
        Throwable cause =
                why instanceof java.util.concurrent.CompletionException && why.getCause() != null
                        ? why.getCause()
                        : why;
        if (cause instanceof StoreException) {
            timers.after(RETRY_MICROS, () -> start(parent, child));
        } else {
            reports.add(tell(parent, child, Map.of(), String.valueOf(cause.getMessage())));
        }
    }

    private void report(LiveRun parent, Effect.StartChild child, RunFold ended) {
        String error = null;
        if (ended.state() != RunState.SUCCEEDED) {
            error =
                    "flow \""
                            + child.flow()
                            + "\", run "
                            + ended.identity().run()
                            + ", ended "
                            + ended.state()
                            + (ended.error() == null ? "" : ": " + ended.error());
        }
        reports.add(tell(parent, child, ended.outputs(), error));
    }

    private static Request.Tell tell(
            LiveRun parent,
            Effect.StartChild child,
            Map<String, Value> outputs,
            @Nullable String error) {
        return new Request.Tell(
                parent.row.tenant(),
                parent.row.id(),
                new Command.ChildEnded(
                        child.task(), child.item(), child.attempt(), outputs, error));
    }

    void cancel(LiveRun parent, int task, int item, int attempt, FlowId flow) {
        String key = key(parent, task, item, attempt);
        unwanted.add(key);
        threads.execute(() -> {
            try {
                JournalStore.RunRow child = journal.findByKey(parent.row.tenant(), flow, key);
                if (child != null) {
                    unwanted.remove(key);
                    canceller.cancel(child.tenant(), child.id());
                }
            } catch (StoreException e) {
                timers.after(RETRY_MICROS, () -> cancel(parent, task, item, attempt, flow));
            }
        });
    }
}
