package dev.sluice.graph;

import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.model.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every format draws: the plan's tasks as cards, its groups as boxes, and at most one link
 * between two cards. Texts are as the author wrote them, not escaped.
 */
record Diagram(
        String id,
        String title,
        String description,
        List<Card> cards,
        List<Box> boxes,
        List<Link> links) {
    Diagram {
        cards = List.copyOf(cards);
        boxes = List.copyOf(boxes);
        links = List.copyOf(links);
    }

    /**
     * @param path {@code group/task}
     * @param box index of the innermost group, or -1
     * @param does one line that says what it does, maybe empty
     * @param stacked whether it runs once an item
     */
    record Card(
            String path,
            String id,
            int box,
            String type,
            String title,
            String description,
            String does,
            boolean stacked,
            List<String> badges,
            @Nullable TaskState state) {}

    /**
     * @param parent index of the group around it, or -1; always less than its own
     */
    record Box(String path, String title, int parent, List<String> badges) {}

    /**
     * @param from index of a card
     * @param outputs the outputs it names, empty for the task as a whole
     */
    record Link(int from, int to, EdgeKind kind, List<String> outputs) {}
}
