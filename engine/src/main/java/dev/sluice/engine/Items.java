package dev.sluice.engine;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items of a {@code foreach}. A waiting or ended item costs a few bytes of arrays; only those
 * under way have an object, and there are at most {@code concurrency} of them.
 */
final class Items {
    enum Phase {
        PENDING,
        ACTIVE,
        SUCCEEDED,
        FAILED,
        SKIPPED,
        CANCELLED
    }

    private static final Phase[] PHASES = Phase.values();

    final List<Value> values;
    final Map<Integer, Slot> active = new LinkedHashMap<>();
    private final byte[] phases;
    private final int[] attempts;
    private final @Nullable Map<String, Value>[] outputs;
    private final int[] counts = new int[PHASES.length];

    /** Every item before this one is not PENDING. */
    private int firstPending;

    private @Nullable String firstError;
    private int firstErrorItem = -1;

    @SuppressWarnings(
            "unchecked") // an array of a generic type cannot be made otherwise; it never leaves
    // this class
    Items(List<Value> values, int[] attemptsBefore) {
        this.values = values;
        this.phases = new byte[values.size()];
        this.attempts =
                Arrays.copyOf(attemptsBefore, Math.max(values.size(), attemptsBefore.length));
        this.outputs = new Map[values.size()];
        counts[Phase.PENDING.ordinal()] = values.size();
    }

    int total() {
        return phases.length;
    }

    int count(Phase phase) {
        return counts[phase.ordinal()];
    }

    Phase phase(int item) {
        return PHASES[phases[item]];
    }

    /**
     * The last attempt of each item, for the list of a later epoch: numbers are never used twice.
     */
    int[] attempts() {
        return attempts;
    }

    int attempt(int item) {
        return attempts[item];
    }

    void attempt(int item, int attempt) {
        attempts[item] = attempt;
    }

    /** The next item to start, or -1. */
    int nextPending() {
        while (firstPending < phases.length && phase(firstPending) != Phase.PENDING) {
            firstPending++;
        }
        return firstPending < phases.length ? firstPending : -1;
    }

    void become(int item, Phase phase) {
        counts[phases[item]]--;
        counts[phase.ordinal()]++;
        phases[item] = (byte) phase.ordinal();
        if (phase != Phase.ACTIVE) {
            active.remove(item);
        }
    }

    void succeed(int item, Map<String, Value> result) {
        outputs[item] = result;
        become(item, Phase.SUCCEEDED);
    }

    void fail(int item, String error) {
        if (firstError == null) {
            firstError = error;
            firstErrorItem = item;
        }
        become(item, Phase.FAILED);
    }

    /** Which item failed first and why, and how many did. */
    String failure() {
        String first = "item " + firstErrorItem + ": " + firstError;
        int failed = count(Phase.FAILED);
        return failed == 1 ? first : failed + " of " + total() + " items failed; first " + first;
    }

    /** Failed and cancelled items may run again. */
    void reopen() {
        firstPending = 0;
        firstError = null;
        firstErrorItem = -1;
        for (int i = 0; i < phases.length; i++) {
            switch (phase(i)) {
                case FAILED, CANCELLED -> become(i, Phase.PENDING);
                case PENDING, ACTIVE, SUCCEEDED, SKIPPED -> {}
            }
        }
    }

    /** Whether any output is a table, so that the items' tables have to be stacked. */
    boolean hasTables() {
        for (Map<String, Value> result : outputs) {
            if (result != null) {
                for (Value value : result.values()) {
                    if (value instanceof Value.Artifact a && a.isTable()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Each output as a list in item order, null where an item has none. */
    Map<String, Value> lists(List<String> declared) {
        Set<String> names = new LinkedHashSet<>(declared);
        for (Map<String, Value> result : outputs) {
            if (result != null) {
                names.addAll(result.keySet());
            }
        }
        Map<String, Value> lists = new LinkedHashMap<>();
        for (String name : names) {
            List<Value> list = new ArrayList<>(outputs.length);
            for (Map<String, Value> result : outputs) {
                Value value = result == null ? null : result.get(name);
                list.add(value == null ? Value.Null.NULL : value);
            }
            lists.put(name, new Value.ListOf(list));
        }
        return lists;
    }
}
