package dev.sluice.runtime;

import dev.sluice.compiler.CompiledFlow.CompiledTask;
import dev.sluice.compiler.Template;
import dev.sluice.engine.Command;
import dev.sluice.engine.ExpressionException;
import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunScope;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One try of one task, from its start to the report of its end, on a virtual thread of its own.
 *
 * <p>It is stopped by interrupting that thread; whoever does says why, and the first reason counts.
 */
final class Attempt implements Runnable {
    enum Stop {
        CANCELLED,
        TIMED_OUT,
        /**
         * The process shuts down: the attempt is not reported, and is tried again at the next
         * start.
         */
        CLOSING
    }

    private final Dispatcher dispatcher;
    private final LiveRun run;
    private final int task;
    private final int item;
    private final int attempt;
    private final CompiledTask compiled;
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
    private final long createdMicros;
    private volatile @Nullable Thread thread;
    private @Nullable CacheEntry toCache;
    private Map<String, Double> metrics = Map.of();

    Attempt(Dispatcher dispatcher, LiveRun run, int task, int item, int attempt) {
        this.dispatcher = dispatcher;
        this.run = run;
        this.task = task;
        this.item = item;
        this.attempt = attempt;
        this.createdMicros = dispatcher.wallMicros();
        this.compiled = run.flow.flow().tasks().get(task);
    }

    Dispatcher.Key key() {
        return new Dispatcher.Key(run.row.id(), task, item);
    }

    /** By the wall clock, as files are dated. */
    long createdMicros() {
        return createdMicros;
    }

    void stop(Stop why) {
        stop.compareAndSet(null, why);
        Thread current = thread;
        if (current != null) {
            current.interrupt();
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        Outcome outcome;
        try {
            outcome = stop.get() == null ? tryOnce() : stopped();
            if (outcome instanceof Outcome.Failed && stop.get() != null) {
                outcome = stopped(); // it failed because it was stopped
            }
        } catch (InterruptedException e) {
            outcome = stopped();
        } catch (RuntimeException | Error e) {
            outcome = internal(e, null); // whatever it is, the run has to learn of the end
        }
        thread = null;
        boolean unused =
                Thread.interrupted(); // a stop that came too late must not disturb the report
        boolean again = stop.get() == Stop.CLOSING && outcome instanceof Outcome.Failed;
        dispatcher.ended(this, again ? null : report(outcome));
    }

    private Outcome stopped() {
        Stop why = stop.get();
        if (why == Stop.TIMED_OUT) {
            return new Outcome.Failed(
                    "timeout " + text(compiled.source().timeout()) + " exceeded", true);
        }
        return new Outcome.Failed("cancelled", false);
    }

    private static String text(@Nullable Duration duration) {
        return duration == null
                ? ""
                : duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    private Outcome tryOnce() throws InterruptedException {
        boolean heavy = compiled.type().heavy() || item == RunEvent.GATHER;
        if (heavy) {
            dispatcher.slots().acquire();
        }
        Future<?> timer = null;
        try {
            Duration timeout = compiled.source().timeout();
            long deadline = 0;
            if (timeout != null) {
                deadline = System.nanoTime() + timeout.toNanos();
                timer =
                        dispatcher
                                .timers()
                                .cancellable(timeout.toNanos() / 1000, () -> stop(Stop.TIMED_OUT));
            }
            return withContext(deadline);
        } finally {
            if (timer != null) {
                timer.cancel(false);
            }
            if (heavy) {
                dispatcher.slots().release();
            }
        }
    }

    private Outcome withContext(long deadline) throws InterruptedException {
        AttemptContext context = null;
        try {
            if (item == RunEvent.GATHER) {
                context = context(Map.of(), Map.of(), deadline);
                return Gather.run(context, run.fold.itemOutputs(task));
            }
            RunScope scope = new RunScope(run.fold, task, item);
            Map<String, Value> config = resolve(compiled.config(), scope);
            Map<String, Value> inputs = run.flow.names().inputs(task, run.fold);
            inputs.putAll(resolve(compiled.inputs(), scope));
            context = context(config, inputs, deadline);
            return runType(context);
        } catch (ExpressionException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()), false);
        } catch (TaskException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()), e.isRetryable());
        } catch (java.io.UncheckedIOException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()), true);
        } catch (RuntimeException | Error e) {
            return internal(e, context);
        } finally {
            if (context != null) {
                metrics = context.metrics();
                context.close();
            }
        }
    }

    private Sandbox sandbox() {
        Sandbox available = dispatcher.ground().sandbox();
        String asked = compiled.source().sandbox();
        return asked == null
                ? available
                : available.atLeast(Sandbox.Rung.valueOf(asked.toUpperCase(Locale.ROOT)));
    }

    private AttemptContext context(
            Map<String, Value> config, Map<String, Value> inputs, long deadline) {
        return new AttemptContext(
                dispatcher.ground(),
                dispatcher.watchers(),
                new AttemptContext.Place(
                        run.row.tenant(),
                        run.row.id(),
                        run.flow.flow().plan().tasks().get(task).path(),
                        compiled.source().title(),
                        item,
                        item >= 0 ? run.fold.item(task, item) : null,
                        attempt,
                        Path.of(run.fold.submitted().folder())),
                config,
                inputs,
                compiled.source().resources(),
                sandbox(),
                deadline);
    }

    private Outcome runType(AttemptContext context) throws TaskException, InterruptedException {
        if (!compiled.source().cache()) {
            return Outputs.checked(compiled.type().run(context));
        }
        try {
            dev.sluice.model.Digest key = CacheKey.of(compiled, context);
            CacheEntry hit = dispatcher.ground().journal().findCached(run.row.tenant(), key);
            Outcome.Reused reused = hit == null ? null : CacheKey.reuse(hit, context);
            if (reused != null) {
                return reused;
            }
            Outcome outcome = Outputs.checked(compiled.type().run(context));
            if (outcome instanceof Outcome.Succeeded s) {
                toCache =
                        new CacheEntry(
                                key,
                                run.row.id(),
                                dev.sluice.engine.EventCodec.encodeValues(s.outputs()));
            }
            return outcome;
        } catch (StoreException e) {
            throw TaskException.retryable(String.valueOf(e.getMessage()));
        }
    }

    /** A defect of a task type: the run is told in one line, the log has the rest. */
    private static Outcome internal(Throwable defect, @Nullable AttemptContext context) {
        if (context != null) {
            java.io.StringWriter trace = new java.io.StringWriter();
            defect.printStackTrace(new java.io.PrintWriter(trace));
            trace.toString().lines().forEach(context::log);
        }
        return new Outcome.Failed(
                "internal error: " + defect + "; the task's log has the details", false);
    }

    private static Map<String, Value> resolve(Map<String, Template> templates, RunScope scope) {
        Map<String, Value> resolved = new LinkedHashMap<>();
        templates.forEach((key, template) -> resolved.put(key, template.resolve(scope)));
        return resolved;
    }

    private Request.Tell report(Outcome outcome) {
        return new Request.Tell(
                run.row.tenant(),
                run.row.id(),
                new Command.AttemptEnded(
                        task, item, attempt, dispatcher.onTheRunsClock(run, outcome), metrics),
                toCache == null ? List.of() : List.of(toCache),
                () -> dispatcher.settled(this));
    }
}
