package dev.sluice.tasks.code;

import dev.sluice.spi.TaskType;
import java.util.Arrays;
import java.util.List;

/** The task types that run the user's own code. */
public final class CodeTasks {
    private CodeTasks() {}

    /** {@code python}, {@code shell} and {@code node}. */
    public static List<TaskType> types(InterpreterLookup interpreters) {
        return Arrays.stream(Language.values())
                .<TaskType>map(language -> new CodeTask(language, interpreters))
                .toList();
    }
}
