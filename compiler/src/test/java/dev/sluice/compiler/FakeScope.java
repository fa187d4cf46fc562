package dev.sluice.compiler;

import dev.sluice.engine.Scope;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A scope that a test fills. */
final class FakeScope implements Scope {
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Map<String, Value>> outputs = new HashMap<>();
    private final Map<String, TaskState> states = new HashMap<>();
    private Value item;

    FakeScope input(String name, Value value) {
        inputs.put(name, value);
        return this;
    }

    FakeScope output(String task, String name, Value value) {
        outputs.computeIfAbsent(task, _ -> new LinkedHashMap<>()).put(name, value);
        return this;
    }

    FakeScope state(String task, TaskState state) {
        states.put(task, state);
        return this;
    }

    FakeScope item(Value value) {
        item = value;
        return this;
    }

    @Override
    public Map<String, Value> inputs() {
        return inputs;
    }

    @Override
    public TaskSeen task(String path) {
        TaskState state = states.getOrDefault(path, TaskState.SUCCEEDED);
        return new TaskSeen(
                state,
                outputs.getOrDefault(path, Map.of()),
                state == TaskState.FAILED ? "it broke" : null);
    }

    @Override
    public Value.MapOf run() {
        return new Value.MapOf(Map.of("id", Value.of("06f3k9x2m7q1a"), "version", Value.of(3)));
    }

    @Override
    public Value.MapOf trigger() {
        return new Value.MapOf(Map.of("type", Value.of("manual")));
    }

    @Override
    public Value item() {
        return item;
    }

    @Override
    public int index() {
        return item == null ? -1 : 4;
    }
}
