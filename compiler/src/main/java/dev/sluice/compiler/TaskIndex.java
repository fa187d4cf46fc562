package dev.sluice.compiler;

import dev.sluice.model.Flow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a flow, numbered, and how their names are found: a name is looked for among the
 * siblings, then among the siblings of the group around, and so on outwards; {@code group.task}
 * steps into a group.
 */
final class TaskIndex {
    private final List<Leaf> leaves = new ArrayList<>();
    private final Group root = new Group("", null, null, new LinkedHashMap<>());
    private final int mainCount;

    sealed interface Entry {}

    /**
     * A task that runs.
     *
     * @param index its number in the plan
     * @param group where it stands
     */
    record Leaf(int index, Flow.Task task, Group group) implements Entry {}

    /**
     * A name space.
     *
     * @param task what was written of a group, or null for the flow's own lists
     */
    record Group(
            String path,
            @Nullable Group parent,
            Flow.@Nullable Task task,
            Map<String, Entry> entries)
            implements Entry {
        /** All tasks in it, at any depth. */
        List<Leaf> leaves() {
            List<Leaf> found = new ArrayList<>();
            for (Entry entry : entries.values()) {
                switch (entry) {
                    case Leaf leaf -> found.add(leaf);
                    case Group inner -> found.addAll(inner.leaves());
                }
            }
            return found;
        }

        @Override
        public String toString() {
            return path;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    TaskIndex(Flow flow) {
        add(flow.tasks(), root);
        mainCount = leaves.size();
        add(flow.onFailure(), new Group("on_failure", root, null, new LinkedHashMap<>()));
        add(flow.onSuccess(), new Group("on_success", root, null, new LinkedHashMap<>()));
    }

    private void add(List<Flow.Task> tasks, Group group) {
        for (Flow.Task task : tasks) {
            if (task.type().equals("group")) {
                Group inner = new Group(task.path(), group, task, new LinkedHashMap<>());
                group.entries().put(task.id(), inner);
                add(task.tasks(), inner);
            } else {
                Leaf leaf = new Leaf(leaves.size(), task, group);
                leaves.add(leaf);
                group.entries().put(task.id(), leaf);
            }
        }
    }

    List<Leaf> leaves() {
        return leaves;
    }

    Group root() {
        return root;
    }

    /** How many tasks stand under {@code tasks}; those of on_failure and on_success follow. */
    int mainCount() {
        return mainCount;
    }

    /** What this name means to somebody in this group, or null. */
    static @Nullable Entry find(Group from, String name) {
        for (Group group = from; group != null; group = group.parent()) {
            Entry entry = group.entries().get(name);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /** All names that mean something to somebody in this group. */
    static Set<String> names(Group from) {
        Set<String> names = new TreeSet<>();
        for (Group group = from; group != null; group = group.parent()) {
            names.addAll(group.entries().keySet());
        }
        return names;
    }
}
