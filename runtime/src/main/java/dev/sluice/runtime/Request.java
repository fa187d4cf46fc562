package dev.sluice.runtime;

import dev.sluice.engine.Command;
import dev.sluice.engine.RunFold;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.CacheEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the writer thread is asked. Its futures are completed on other threads than the writer's.
 */
sealed interface Request {
    /** Tells whoever asked that nothing comes of it. */
    default void refuse(Exception why) {
        switch (this) {
            case Submit r -> {
                r.accepted().completeExceptionally(why);
                r.ended().completeExceptionally(why);
            }
            case Ask r -> r.answer().completeExceptionally(why);
            case View r -> r.answer().completeExceptionally(why);
            case Await r -> r.answer().completeExceptionally(why);
            case Stop r -> r.done().completeExceptionally(why);
            case Tell r -> r.settled().run();
            case Wake _, Watch _ -> {}
        }
    }

    /**
     * A new run.
     *
     * @param submit the command, but for whether it is queued, which the writer knows
     * @param accepted the run, or the earlier one of the same key, once it is durable
     * @param ended completes when the run that was accepted has ended
     */
    record Submit(
            TenantId tenant,
            RunId run,
            FlowCatalog.Ready flow,
            Command.Submit submit,
            @Nullable String key,
            CompletableFuture<RunId> accepted,
            CompletableFuture<RunFold> ended)
            implements Request {}

    /** Somebody outside wants something of a run and is told when it is durable. */
    record Ask(
            TenantId tenant, RunId run, Command command, CompletableFuture<@Nullable Void> answer)
            implements Request {}

    /**
     * The shell reports: never refused, and tried again when the store fails.
     *
     * @param settled is run once the report is durable, or of no more use
     */
    record Tell(
            TenantId tenant, RunId run, Command command, List<CacheEntry> cached, Runnable settled)
            implements Request {
        Tell(TenantId tenant, RunId run, Command command) {
            this(tenant, run, command, List.of(), () -> {});
        }
    }

    /** Let a run that another process left go on. */
    record Wake(TenantId tenant, RunId run) implements Request {}

    record View(TenantId tenant, RunId run, CompletableFuture<RunView> answer) implements Request {}

    /** The future that completes when the run has ended. */
    record Await(TenantId tenant, RunId run, CompletableFuture<RunFold> answer)
            implements Request {}

    record Watch(TenantId tenant, RunId run, Watcher watcher) implements Request {}

    /** Record what is under way as lost without guilt, and stop. */
    record Stop(CompletableFuture<@Nullable Void> done) implements Request {}
}
