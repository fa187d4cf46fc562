package dev.sluice.graph;

import dev.sluice.compiler.CompiledFlow;
import dev.sluice.model.TaskState;
import java.util.Map;

/**
 * A flow as a picture or as the text of one. Equal flows give equal bytes; whatever the flow's
 * author wrote is escaped. Thread-safe; the layout engine is loaded for {@link Format#SVG} alone.
 */
public final class GraphFormats {
    private GraphFormats() {}

    public static String render(CompiledFlow flow, Format format) {
        return render(flow, format, Map.of());
    }

    /**
     * The picture of a run.
     *
     * @param states task path ({@code group/task}) to its state; tasks that are missing are drawn
     *     without one
     */
    public static String render(CompiledFlow flow, Format format, Map<String, TaskState> states) {
        Diagram diagram = DiagramReader.read(flow, states);
        return switch (format) {
            case SVG -> Svg.write(diagram);
            case MERMAID -> Mermaid.write(diagram);
            case DOT -> Dot.write(diagram);
            case JSON -> Json.write(diagram);
        };
    }
}
