package dev.sluice.runtime;

import dev.sluice.compiler.CompiledFlow;
import dev.sluice.engine.Plan;
import dev.sluice.engine.RunFold;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How each task calls the tasks it needs: by their path with dots, and inside a common group also
 * by the rest of it.
 *
 * @param needs per task, what it needs
 */
record EdgeNames(List<List<Need>> needs) {
    /**
     * @param names every name of the task at the edge's start
     */
    record Need(int task, List<String> names) {}

    static EdgeNames of(CompiledFlow flow) {
        List<List<Need>> all = new ArrayList<>();
        for (Plan.Task task : flow.plan().tasks()) {
            List<Need> needs = new ArrayList<>();
            for (int need : task.needs()) {
                needs.add(new Need(need, names(flow.plan().tasks().get(need).path(), task.path())));
            }
            all.add(List.copyOf(needs));
        }
        return new EdgeNames(List.copyOf(all));
    }

    private static List<String> names(String need, String reader) {
        List<String> names = new ArrayList<>();
        names.add(need.replace('/', '.'));
        for (int slash = reader.indexOf('/'); slash > 0; slash = reader.indexOf('/', slash + 1)) {
            if (need.startsWith(reader.substring(0, slash + 1))) {
                names.add(need.substring(slash + 1).replace('/', '.'));
            }
        }
        return List.copyOf(names);
    }

    /**
     * The data on a task's edges by name: each need's default table or file, and each of its
     * outputs.
     */
    Map<String, Value> inputs(int task, RunFold run) {
        Map<String, Value> inputs = new LinkedHashMap<>();
        for (Need need : needs.get(task)) {
            Map<String, Value> outputs = run.taskOutputs(need.task());
            Value whole = defaultOutput(outputs);
            for (String name : need.names()) {
                if (whole != null) {
                    inputs.put(name, whole);
                }
                outputs.forEach((output, value) -> inputs.put(name + "." + output, value));
            }
        }
        return inputs;
    }

    /** What a task's own name stands for: its default or only table, else its only file. */
    static @Nullable Value defaultOutput(Map<String, Value> outputs) {
        Value named = outputs.get(TaskType.Shape.DEFAULT_OUTPUT);
        if (named instanceof Value.Artifact) {
            return named;
        }
        List<Value> tables = new ArrayList<>();
        List<Value> files = new ArrayList<>();
        for (Value value : outputs.values()) {
            if (value instanceof Value.Artifact a) {
                (a.isTable() ? tables : files).add(a);
            }
        }
        if (tables.size() == 1) {
            return tables.getFirst();
        }
        return tables.isEmpty() && files.size() == 1 ? files.getFirst() : null;
    }
}
