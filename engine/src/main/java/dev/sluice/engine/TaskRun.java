package dev.sluice.engine;

import dev.sluice.model.RunId;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One task of a run, as folded so far. Changed by {@link RunFold} alone. */
final class TaskRun {
    /** Of all items together. */
    private static final int METRICS_MAX = 1000;

    TaskState state = TaskState.PENDING;

    /** Needs that have not ended; meaningful while PENDING. */
    int openNeeds;

    int failedNeeds;
    int skippedNeeds;
    boolean conditionMet;

    /** The attempt under way of a task without items, or of the gathering of one with items. */
    @Nullable Slot slot;

    @Nullable Items items;

    /** The last attempt of each item of an earlier epoch's list. */
    int[] itemAttempts = {};

    /** Attempts started, all items together. */
    int attempts;

    /** The number of the last attempt of the whole task or of its gathering. */
    int lastAttempt;

    Map<String, Value> outputs = Map.of();
    @Nullable String error;
    @Nullable RunId reusedFrom;
    Map<String, Double> metrics = Map.of();
    long startedAt;
    long endedAt;

    /**
     * As if the task had never been reached, but for the numbers of its attempts.
     *
     * @param sameItems whether the item list stands, so that items that succeeded stay
     */
    void reopen(boolean sameItems) {
        state = TaskState.PENDING;
        slot = null;
        error = null;
        outputs = Map.of();
        reusedFrom = null;
        startedAt = 0;
        endedAt = 0;
        if (items != null && sameItems) {
            items.reopen();
        } else {
            itemAttempts = items == null ? itemAttempts : items.attempts();
            items = null;
            conditionMet = false;
        }
    }

    /** The newest value of each metric, of a bounded number of them. */
    void measure(Map<String, Double> measured) {
        Map<String, Double> all = new LinkedHashMap<>(metrics);
        measured.forEach((name, value) -> {
            if (all.size() < METRICS_MAX || all.containsKey(name)) {
                all.put(name, value);
            }
        });
        metrics = all;
    }
}
