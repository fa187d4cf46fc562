package dev.sluice.engine;

import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an expression may see: the names {@code inputs tasks run trigger item index}. */
public interface Scope {
    Map<String, Value> inputs();

    /** How the task of this path ({@code group/task}) stands. */
    TaskSeen task(String path);

    /** {@code run.id run.flow run.version run.started}. */
    Value.MapOf run();

    Value.MapOf trigger();

    /** The item of a {@code foreach}, or null outside one. */
    @Nullable Value item();

    /** The item's index from 0, or -1 outside a {@code foreach}. */
    int index();

    /**
     * A secret's text, where the caller may have it; the engine never does.
     *
     * @throws ExpressionException if there is no such secret
     */
    default String secret(String name) {
        throw new ExpressionException("secret \"" + name + "\": there is none of this name here");
    }

    /**
     * @param outputs empty until the task has ended
     * @param error null unless it failed
     */
    record TaskSeen(TaskState state, Map<String, Value> outputs, @Nullable String error) {}
}
