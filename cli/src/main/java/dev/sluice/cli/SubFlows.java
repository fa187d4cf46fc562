package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.FlowId;
import dev.sluice.model.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flows that a flow starts, where their files lie beside it: {@code <id>.yaml} or {@code
 * <id>/flow.yaml} in the flow's own folder or in the one above. Those that are nowhere beside it
 * are taken from the data directory.
 */
final class SubFlows {
    private static final int DEPTH_MAX = 10;

    private final Session session;
    private final Map<String, Source> sources = new LinkedHashMap<>();
    private boolean mistaken;

    private SubFlows(Session session) {
        this.session = session;
    }

    /**
     * The texts to save, those that others need first; the flow's own is the last. Mistakes are
     * told.
     *
     * @return null if any flow has mistakes
     */
    static @Nullable List<Source> collect(Session session, Flow flow, String text, Path file)
            throws Refusal {
        SubFlows found = new SubFlows(session);
        found.visit(flow, text, file, List.of());
        return found.mistaken ? null : List.copyOf(found.sources.values());
    }

    /**
     * @param folder the flow's own
     */
    record Source(String text, Path folder) {}

    /** The folder that a flow's file lies in. */
    static Path folder(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private void visit(Flow flow, String text, Path file, List<String> way) throws Refusal {
        String id = flow.id().value();
        List<String> here = new ArrayList<>(way);
        here.add(id);
        if (way.contains(id)) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    file
                            + ": flow \""
                            + id
                            + "\" starts itself ("
                            + String.join(" → ", here)
                            + "); break the circle");
        }
        if (here.size() > DEPTH_MAX + 1) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    file + ": flows are nested deeper than ten: " + String.join(" → ", here));
        }
        for (Flow.Task task : FlowTasks.all(flow)) {
            Path child = file(task, file);
            if (child != null) {
                visitChild(child, here);
            }
        }
        sources.putIfAbsent(id, new Source(text, folder(file)));
    }

    private void visitChild(Path file, List<String> way) throws Refusal {
        String text = session.readFlow(file.toString());
        Flow flow = session.check(name(file), text);
        if (flow == null) {
            mistaken = true;
        } else {
            visit(flow, text, file, way);
        }
    }

    private static @Nullable Path file(Flow.Task task, Path parent) {
        if (!task.type().equals("flow")
                || !(task.config().find("flow") instanceof Node.Scalar id)
                || !FlowId.isValid(id.text())) {
            return null;
        }
        Path folder = parent.getParent();
        for (int i = 0; i < 2 && folder != null; i++, folder = folder.getParent()) {
            for (String name : List.of(id.text() + ".yaml", id.text() + "/flow.yaml")) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        return null;
    }

    /** As the user would name it from here. */
    private String name(Path file) {
        Path folder = session.terminal().folder();
        return file.startsWith(folder) ? folder.relativize(file).toString() : file.toString();
    }
}
