package dev.sluice.model.text;

import dev.sluice.model.Flow;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A flow's YAML or JSON text as a {@link Flow}: the format of {@code docs/flow-format.md}. */
public final class FlowText {
    private FlowText() {}

    /**
     * @param flow null if the text is not even a map; where there are problems, what could be made
     *     out in spite of them, so that more can be checked
     * @param problems in the order of the text
     */
    public record Parsed(@Nullable Flow flow, List<Problem> problems) {
        public Parsed {
            problems = problems.stream().distinct().sorted().toList();
        }
    }

    /** Reads a flow; never throws for what the text holds. */
    public static Parsed parse(String text) {
        YamlText.Parsed yaml = YamlText.parse(text);
        return switch (yaml.root()) {
            case null ->
                    yaml.problems().isEmpty()
                            ? refused(Mark.START, "the text is empty")
                            : new Parsed(null, yaml.problems());
            case Node.Map root -> {
                List<Problem> problems = new ArrayList<>(yaml.problems());
                Flow flow = new FlowReader(root, problems).flow();
                yield new Parsed(flow, problems);
            }
            case Node other -> refused(other.mark(), "the text is " + other.kind());
        };
    }

    private static Parsed refused(Mark mark, String what) {
        String message = what + " (expected: a flow, a map with the keys id and tasks)";
        return new Parsed(null, List.of(new Problem(mark, message)));
    }
}
