package dev.sluice.cli;

import dev.sluice.model.Flow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The tasks of a flow through all its groups. */
final class FlowTasks {
    private FlowTasks() {}

    /** Every task that is not a group, those that run at the flow's end included. */
    static List<Flow.Task> all(Flow flow) {
        List<Flow.Task> found = new ArrayList<>();
        Deque<Flow.Task> open = new ArrayDeque<>(flow.tasks());
        open.addAll(flow.onFailure());
        open.addAll(flow.onSuccess());
        while (!open.isEmpty()) {
            Flow.Task task = open.removeFirst();
            if (task.type().equals("group")) {
                open.addAll(task.tasks());
            } else {
                found.add(task);
            }
        }
        return found;
    }
}
