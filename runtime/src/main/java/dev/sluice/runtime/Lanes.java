package dev.sluice.runtime;

import dev.sluice.engine.RunIdentity;
import dev.sluice.model.FlowId;
import dev.sluice.model.TenantId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each flow to its {@code concurrency}: runs beyond it wait their turn. Belongs to the writer
 * thread.
 */
final class Lanes {
    /** A name inside a flow, such as an idempotency key. */
    record Key(TenantId tenant, FlowId flow, String name) {}

    private static final class Lane {
        final Set<RunIdentity> inside = new HashSet<>();
        final ArrayDeque<RunIdentity> waiting = new ArrayDeque<>();
        int limit;
    }

    private record FlowKey(TenantId tenant, FlowId flow) {}

    private final Map<FlowKey, Lane> lanes = new HashMap<>();

    boolean isInside(RunIdentity run) {
        Lane lane = lanes.get(keyOf(run));
        return lane != null && lane.inside.contains(run);
    }

    /** Whether the run may start now. */
    boolean enter(RunIdentity run, int limit) {
        Lane lane = lane(run, limit);
        if (lane.inside.contains(run)) {
            return true;
        }
        if (lane.inside.size() < limit) {
            lane.waiting.remove(run);
            lane.inside.add(run);
            return true;
        }
        return false;
    }

    /** The run waits for its turn. */
    void await(RunIdentity run, int limit) {
        Lane lane = lane(run, limit);
        if (!lane.waiting.contains(run)) {
            lane.waiting.add(run);
        }
    }

    /** The run has started, whoever else has since. */
    void enterAnyway(RunIdentity run, int limit) {
        lane(run, limit).inside.add(run);
    }

    private Lane lane(RunIdentity run, int limit) {
        Lane lane = lanes.computeIfAbsent(keyOf(run), _ -> new Lane());
        lane.limit = limit;
        return lane;
    }

    /** The run is no longer there: the one whose turn has come, or null. */
    @Nullable RunIdentity leave(RunIdentity run) {
        Lane lane = lanes.get(keyOf(run));
        if (lane == null) {
            return null;
        }
        RunIdentity next = null;
        lane.waiting.remove(run);
        if (lane.inside.remove(run) && lane.inside.size() < lane.limit) {
            next = lane.waiting.poll();
            if (next != null) {
                lane.inside.add(next);
            }
        }
        if (lane.inside.isEmpty() && lane.waiting.isEmpty()) {
            lanes.remove(keyOf(run));
        }
        return next;
    }

    private static FlowKey keyOf(RunIdentity run) {
        return new FlowKey(run.tenant(), run.flow());
    }
}
