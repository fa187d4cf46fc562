package dev.sluice.graph;

import dev.sluice.graph.Diagram.Box;
import dev.sluice.graph.Diagram.Card;
import dev.sluice.graph.Diagram.Link;

/** Mermaid's flowchart. Ids are numbers, so that no text of the author's is syntax. */
final class Mermaid {
    private final Diagram diagram;
    private final StringBuilder out = new StringBuilder();

    private Mermaid(Diagram diagram) {
        this.diagram = diagram;
    }

    static String write(Diagram diagram) {
        return new Mermaid(diagram).write();
    }

    private String write() {
        out.append("flowchart LR\n");
        contents(-1, "  ");
        for (Link link : diagram.links()) {
            String arrow =
                    switch (link.kind()) {
                        case NEEDS -> " --> ";
                        case TABLE -> " ==> ";
                        case REFERENCE -> " -.-> ";
                    };
            String label =
                    link.outputs().isEmpty()
                            ? ""
                            : "|\"" + escape(String.join(", ", link.outputs())) + "\"| ";
            out.append("  t").append(link.from()).append(arrow).append(label);
            out.append('t').append(link.to()).append('\n');
        }
        states();
        return out.toString();
    }

    private void contents(int box, String indent) {
        for (int i = 0; i < diagram.cards().size(); i++) {
            Card card = diagram.cards().get(i);
            if (card.box() == box) {
                String label = escape(card.title()) + "<br>" + escape(card.type());
                out.append(indent).append('t').append(i);
                out.append(card.stacked() ? "[[\"" : "[\"").append(label);
                out.append(card.stacked() ? "\"]]\n" : "\"]\n");
            }
        }
        for (int i = 0; i < diagram.boxes().size(); i++) {
            Box inner = diagram.boxes().get(i);
            if (inner.parent() == box) {
                out.append(indent).append("subgraph g").append(i).append("[\"");
                out.append(escape(inner.title())).append("\"]\n");
                contents(i, indent + "  ");
                out.append(indent).append("end\n");
            }
        }
    }

    private void states() {
        for (int i = 0; i < diagram.cards().size(); i++) {
            Card card = diagram.cards().get(i);
            if (card.state() != null) {
                StateMark mark = StateMark.of(card.state());
                out.append("  style t").append(i).append(" stroke:").append(mark.light());
                out.append(",stroke-width:2px\n");
            }
        }
    }

    /** Mermaid reads entities after a number sign; everything that could be syntax becomes one. */
    private static String escape(String text) {
        StringBuilder safe = new StringBuilder();
        Texts.clean(text)
                .codePoints()
                .forEach(c -> {
                    if (Character.isLetterOrDigit(c) || " .,:_-/×".indexOf(c) >= 0) {
                        safe.appendCodePoint(c);
                    } else {
                        safe.append('#').append(c).append(';');
                    }
                });
        return safe.toString();
    }
}
