package dev.sluice.tasks.control;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.util.List;
import java.util.Map;

/** Fails for good, with a message: what a flow does when a condition must not hold. */
final class FailTask implements TaskType {
    private static final List<Key> KEYS =
            List.of(
                    Key.required(
                            "message",
                            KeyType.STRING,
                            Expressions.INLINE,
                            "Why, for the people who read the run."));

    @Override
    public String name() {
        return "fail";
    }

    @Override
    public String summary() {
        return "Fails the run with a message.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public Shape shape(Node.Map config) {
        return Shape.of(Map.of());
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException {
        Value message = context.config().getOrDefault("message", Value.Null.NULL);
        throw TaskException.terminal(String.valueOf(message.toJava()));
    }
}
