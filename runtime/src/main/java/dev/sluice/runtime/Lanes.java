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

    private record Lane(Set<RunIdentity> inside, ArrayDeque<RunIdentity> waiting) {}

    private record FlowKey(TenantId tenant, FlowId flow) {}

    private final Map<FlowKey, Lane> lanes = new HashMap<>();

    /** Whether the run may start now; if not, it waits. */
    boolean enter(RunIdentity run, int limit) {
        Lane lane =
                lanes.computeIfAbsent(
                        keyOf(run), _ -> new Lane(new HashSet<>(), new ArrayDeque<>()));
        if (lane.inside().size() < limit) {
            lane.inside().add(run);
            return true;
        }
        lane.waiting().add(run);
        return false;
    }

    /** The run has ended: the one whose turn has come, or null. */
    @Nullable RunIdentity leave(RunIdentity run) {
        Lane lane = lanes.get(keyOf(run));
        if (lane == null) {
            return null;
        }
        RunIdentity next = null;
        if (lane.inside().remove(run)) {
            next = lane.waiting().poll();
            if (next != null) {
                lane.inside().add(next);
            }
        } else {
            lane.waiting().remove(run);
        }
        if (lane.inside().isEmpty() && lane.waiting().isEmpty()) {
            lanes.remove(keyOf(run));
        }
        return next;
    }

    /** A commit failed: a run that was never stored does not exist, others stay where they are. */
    void forget(RunIdentity run, boolean stored) {
        Lane lane = lanes.get(keyOf(run));
        if (lane != null && !stored) {
            lane.inside().remove(run);
            lane.waiting().remove(run);
        }
    }

    private static FlowKey keyOf(RunIdentity run) {
        return new FlowKey(run.tenant(), run.flow());
    }
}
