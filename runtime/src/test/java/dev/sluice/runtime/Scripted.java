package dev.sluice.runtime;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A task type that does what its config says: fails its first {@code failures} attempts, waits at
 * {@code gate} until the test opens it, and hands {@code give} on. Counts its attempts by task.
 */
final class Scripted implements TaskType {
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Set<String> interrupted = ConcurrentHashMap.newKeySet();

    int attempts(String task) {
        return attempts.getOrDefault(task, new AtomicInteger()).get();
    }

    boolean wasInterrupted(String task) {
        return interrupted.contains(task);
    }

    void release(String gate) {
        gate(gate).countDown();
    }

    void releaseAll() {
        gates.values().forEach(CountDownLatch::countDown);
    }

    private CountDownLatch gate(String name) {
        return gates.computeIfAbsent(name, _ -> new CountDownLatch(1));
    }

    /** Gates made from now on are new ones. */
    void closeGates() {
        gates.clear();
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public String summary() {
        return "Does what a test says.";
    }

    @Override
    public List<Key> keys() {
        return List.of(
                Key.optional(
                        "failures",
                        KeyType.INTEGER,
                        Expressions.INLINE,
                        "Attempts that fail first."),
                Key.optional(
                        "terminal",
                        KeyType.BOOLEAN,
                        Expressions.INLINE,
                        "Whether failures are final."),
                Key.optional("gate", KeyType.STRING, Expressions.INLINE, "Gate to wait at."),
                Key.optional("file", KeyType.STRING, Expressions.INLINE, "Text of a file to keep."),
                Key.optional("give", KeyType.ANY, Expressions.INLINE, "The output `given`."));
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public Shape shape(Node.Map config) {
        return new Shape(
                Map.of("given", dev.sluice.model.ValueType.ANY), false, Set.of(), List.of());
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        int attempt =
                attempts.computeIfAbsent(context.task(), _ -> new AtomicInteger())
                        .incrementAndGet();
        Map<String, Value> config = context.config();
        if (config.get("gate") instanceof Value.Text name) {
            try {
                gate(name.value()).await();
            } catch (InterruptedException e) {
                interrupted.add(context.task());
                throw e;
            }
        }
        if (config.get("failures") instanceof Value.Int failures && attempt <= failures.value()) {
            boolean terminal = config.get("terminal") instanceof Value.Bool b && b.value();
            throw terminal
                    ? TaskException.terminal("scripted to fail")
                    : TaskException.retryable("scripted to fail");
        }
        Value given = config.getOrDefault("give", Value.Null.NULL);
        return new Outcome.Succeeded(
                config.get("file") instanceof Value.Text text
                        ? Map.of("given", given, "kept", keep(context, text.value()))
                        : Map.of("given", given));
    }

    private static Value keep(TaskContext context, String text) throws TaskException {
        try {
            Path file = Files.writeString(context.workDir().resolve("kept.txt"), text);
            return context.store(file, "text/plain", "kept.txt", null);
        } catch (IOException e) {
            throw TaskException.retryable(String.valueOf(e.getMessage()));
        }
    }
}
