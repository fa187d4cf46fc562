package dev.sluice.compiler;

import dev.sluice.model.Problem;
import dev.sluice.model.text.FlowText;
import dev.sluice.model.text.Messages;
import dev.sluice.spi.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a flow's text against the task types there are and makes its plan. Executes nothing.
 * Thread-safe.
 */
public final class FlowCompiler {
    private final Map<String, TaskType> types;

    public FlowCompiler(Map<String, TaskType> types) {
        this.types = Map.copyOf(types);
    }

    /** The task types by name. */
    public Map<String, TaskType> types() {
        return types;
    }

    /** Never throws for what a user wrote: every mistake of the text is in the result. */
    public Result compile(String text) {
        FlowText.Parsed parsed = FlowText.parse(text);
        List<Problem> problems = new ArrayList<>(parsed.problems());
        CompiledFlow compiled =
                parsed.flow() == null
                        ? null
                        : new Compilation(types, parsed.flow(), problems).compile();
        List<Problem> told =
                problems.stream().distinct().sorted().limit(Messages.MAX_PROBLEMS).toList();
        return new Result(compiled, told);
    }

    /**
     * @param flow null if there are problems
     * @param problems in the order of the text
     */
    public record Result(@Nullable CompiledFlow flow, List<Problem> problems) {}
}
