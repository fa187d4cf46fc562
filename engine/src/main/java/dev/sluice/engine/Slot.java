package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An attempt that has started and not ended, or the pause before the next one. */
final class Slot {
    enum Phase {
        RUNNING,
        /** Waits for {@code wakeAt}, then tries again. */
        RETRYING,
        /** Due to start again as soon as the run lets it. */
        DUE,
        /** Succeeds at {@code wakeAt}. */
        WAITING,
        ASKING,
        DELEGATED
    }

    final int item;
    Phase phase = Phase.DUE;
    int attempt;

    /** Failures in this epoch, against the retry policy. */
    int failures;

    /** Attempts lost in this epoch, against the crash budget. */
    int lost;

    /**
     * When something is due: a retry, a wait's end, or the limit of an answer or child; 0 for
     * nothing.
     */
    long wakeAt;

    /** When the wait is over; its limit may come before. */
    long until;

    Map<String, Value> outputs = Map.of();
    Value.@Nullable MapOf form;
    @Nullable FlowId childFlow;
    @Nullable Integer childVersion;
    @Nullable String error;

    Slot(int item) {
        this.item = item;
    }
}
