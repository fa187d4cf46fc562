package dev.sluice.graph;

import dev.sluice.graph.Diagram.Box;
import dev.sluice.graph.Diagram.Card;
import dev.sluice.graph.Diagram.Link;

/** Graphviz' language. Ids are numbers, so that no text of the author's is syntax. */
final class Dot {
    private final Diagram diagram;
    private final StringBuilder out = new StringBuilder();

    private Dot(Diagram diagram) {
        this.diagram = diagram;
    }

    static String write(Diagram diagram) {
        return new Dot(diagram).write();
    }

    private String write() {
        out.append("digraph flow {\n");
        out.append("  label=").append(quote(diagram.title())).append("; labelloc=t; rankdir=LR;\n");
        out.append("  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n");
        contents(-1, "  ");
        for (Link link : diagram.links()) {
            out.append("  t").append(link.from()).append(" -> t").append(link.to()).append(" [");
            out.append(
                    switch (link.kind()) {
                        case NEEDS -> "style=solid";
                        case TABLE -> "style=bold, penwidth=2.5";
                        case REFERENCE -> "style=dashed";
                    });
            if (!link.outputs().isEmpty()) {
                out.append(", label=").append(quote(String.join(", ", link.outputs())));
            }
            out.append("];\n");
        }
        return out.append("}\n").toString();
    }

    private void contents(int box, String indent) {
        for (int i = 0; i < diagram.cards().size(); i++) {
            Card card = diagram.cards().get(i);
            if (card.box() == box) {
                out.append(indent).append('t').append(i).append(" [label=");
                out.append(quote(card.title() + "\n" + card.type()));
                if (card.stacked()) {
                    out.append(", peripheries=2");
                }
                if (card.state() != null) {
                    out.append(", color=").append(quote(StateMark.of(card.state()).light()));
                }
                out.append("];\n");
            }
        }
        for (int i = 0; i < diagram.boxes().size(); i++) {
            Box inner = diagram.boxes().get(i);
            if (inner.parent() == box) {
                out.append(indent).append("subgraph cluster_").append(i).append(" {\n");
                out.append(indent).append("  label=").append(quote(inner.title()));
                out.append("; style=rounded; color=gray;\n");
                contents(i, indent + "  ");
                out.append(indent).append("}\n");
            }
        }
    }

    private static String quote(String text) {
        StringBuilder safe = new StringBuilder("\"");
        for (String line : text.split("\n", -1)) {
            if (safe.length() > 1) {
                safe.append("\\n");
            }
            safe.append(Texts.clean(line).replace("\\", "\\\\").replace("\"", "\\\""));
        }
        return safe.append('"').toString();
    }
}
