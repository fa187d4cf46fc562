package dev.sluice.graph;

import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.graph.Diagram.Box;
import dev.sluice.graph.Diagram.Card;
import dev.sluice.graph.Diagram.Link;
import dev.sluice.graph.Layout.Point;
import dev.sluice.graph.Layout.Rect;
import dev.sluice.graph.Layout.Size;
import dev.sluice.model.TaskState;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The picture: a heading, the cards in their boxes, the links, a legend of what is there. It needs
 * no font, script or file from elsewhere and follows the reader's colour scheme.
 */
final class Svg {
    /** Above this, cards show icon and title alone. */
    static final int DETAILED_CARDS_MAX = 120;

    /** Above this many cards and links, ELK would take longer than a reader waits. */
    static final int ELK_ELEMENTS_MAX = 12_000;

    private static final double MARGIN = 28;
    private static final double WIDTH_MIN = 420;
    private static final double LABEL_MAX = 86;

    private final Diagram diagram;
    private final boolean detailed;
    private final List<CardView> cards;
    private final Set<TaskState> states = EnumSet.noneOf(TaskState.class);
    private final Set<EdgeKind> kinds = EnumSet.noneOf(EdgeKind.class);
    private final Canvas canvas = new Canvas();
    private final Layout layout;

    private Svg(Diagram diagram) {
        this.diagram = diagram;
        this.detailed = diagram.cards().size() <= DETAILED_CARDS_MAX;
        this.cards = diagram.cards().stream().map(c -> new CardView(c, detailed)).toList();
        for (Card card : diagram.cards()) {
            if (card.state() != null) {
                states.add(card.state());
            }
        }
        diagram.links().forEach(l -> kinds.add(l.kind()));
        this.layout = layout();
    }

    static String write(Diagram diagram) {
        return new Svg(diagram).write();
    }

    private Layout layout() {
        List<Size> sizes = cards.stream().map(CardView::size).toList();
        if (diagram.cards().isEmpty()) {
            return new Layout(0, 0, List.of(), List.of(), List.of(), List.of());
        }
        if (sizes.size() + diagram.links().size() > ELK_ELEMENTS_MAX) {
            return LayerLayout.of(diagram, sizes);
        }
        List<Size> titles =
                diagram.boxes().stream().map(b -> new Size(boxTitleWidth(b), 20)).toList();
        List<Size> labels =
                diagram.links().stream()
                        .map(l -> new Size(label(l).isEmpty() ? 0 : labelWidth(label(l)), 16))
                        .toList();
        return ElkLayout.of(diagram, sizes, titles, labels);
    }

    private String write() {
        double width = Math.max(WIDTH_MIN, layout.width()) + 2 * MARGIN;
        double top = MARGIN + headingHeight();
        double legendTop = top + layout.height() + 26;
        double height = legendTop + (kinds.isEmpty() && states.isEmpty() ? 2 : 34);
        open(width, height);
        canvas.rect(0, 0, width, height, 14, "bg");
        heading(width);
        canvas.raw("<g transform=\"translate(" + Canvas.number((width - layout.width()) / 2));
        canvas.raw(" " + Canvas.number(top) + ")\">\n");
        boxes();
        links();
        for (int i = 0; i < cards.size(); i++) {
            cards.get(i).draw(canvas, layout.cards().get(i));
        }
        canvas.raw("</g>\n");
        legend(legendTop, width);
        return canvas.raw("</svg>\n").toString();
    }

    private void open(double width, double height) {
        String w = Canvas.number(Math.ceil(width));
        String h = Canvas.number(Math.ceil(height));
        canvas.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sluice-graph\" role=\"img\"");
        canvas.raw(" width=\"" + w + "\" height=\"" + h + "\" viewBox=\"0 0 " + w + " " + h + "\"");
        canvas.raw(" aria-labelledby=\"sluice-title sluice-desc\">\n<title id=\"sluice-title\">");
        canvas.raw(Texts.xml(diagram.title())).raw("</title>\n<desc id=\"sluice-desc\">");
        canvas.raw(Texts.xml(spoken())).raw("</desc>\n<style>");
        canvas.raw(Palette.css(states)).raw("</style>\n<defs>");
        for (EdgeKind kind : kinds) {
            String name = word(kind);
            canvas.raw("<marker id=\"sluice-tip-" + name + "\" viewBox=\"0 0 8 8\" refX=\"7.2\"");
            canvas.raw(" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" orient=\"auto\"");
            canvas.raw(" markerUnits=\"userSpaceOnUse\"><path d=\"M0 .6L8 4 0 7.4z\" class=\"");
            canvas.raw(name + "-tip\"/></marker>");
        }
        Map<String, Icons> icons = new TreeMap<>();
        diagram.cards().stream().map(c -> Icons.of(c.type())).forEach(i -> icons.put(i.name(), i));
        for (Icons icon : icons.values()) {
            canvas.raw("<symbol id=\"sluice-i-" + icon.name() + "\" viewBox=\"0 0 20 20\">");
            canvas.path(icon.strokes(), "").raw("</symbol>");
        }
        for (TaskState state : states) {
            canvas.raw("<symbol id=\"sluice-state-" + Palette.stateClass(state) + "\"");
            canvas.raw(" viewBox=\"0 0 16 16\">" + StateMark.of(state).glyph() + "</symbol>");
        }
        canvas.raw("</defs>\n");
    }

    /** What the picture says to who cannot see it. */
    private String spoken() {
        StringBuilder text = new StringBuilder();
        text.append("A flow of ").append(counts()).append('.');
        if (detailed) {
            for (Link link : diagram.links()) {
                text.append(' ').append(diagram.cards().get(link.from()).path());
                text.append(" to ").append(diagram.cards().get(link.to()).path()).append(';');
            }
        }
        return text.toString();
    }

    private String counts() {
        int tasks = diagram.cards().size();
        int links = diagram.links().size();
        return String.format(
                Locale.ROOT,
                "%,d %s, %,d %s",
                tasks,
                tasks == 1 ? "task" : "tasks",
                links,
                links == 1 ? "edge" : "edges");
    }

    private String omitted() {
        boolean boxesAreMissing = layout.boxes().size() < diagram.boxes().size();
        return boxesAreMissing ? " · too many tasks to draw the groups" : "";
    }

    private double headingHeight() {
        return diagram.description().isBlank() ? 66 : 86;
    }

    private void heading(double width) {
        double room = width - 2 * MARGIN;
        canvas.text(MARGIN, MARGIN + 16, "h1 ink", Texts.fit(diagram.title(), room, 19, false));
        canvas.text(
                MARGIN,
                MARGIN + 37,
                "mono soft",
                Texts.fit(diagram.id() + " · " + counts() + omitted(), room, 11, true));
        if (!diagram.description().isBlank()) {
            String line = Texts.fit(diagram.description().strip(), room, 13, false);
            canvas.text(MARGIN, MARGIN + 58, "soft", line);
        }
    }

    private static double boxTitleWidth(Box box) {
        double width = 32 + Texts.width(Texts.clean(box.title()), 12, false);
        for (String badge : box.badges()) {
            width += Canvas.pillWidth(badge) + 6;
        }
        return Math.min(width, 400);
    }

    private void boxes() {
        for (int i = 0; i < layout.boxes().size(); i++) {
            Box box = diagram.boxes().get(i);
            Rect place = layout.boxes().get(i);
            canvas.raw("<g>").tooltip(box.path());
            String fill = depth(box) % 2 == 0 ? "box" : "box2";
            canvas.rect(place.x(), place.y(), place.width(), place.height(), 14, fill);
            String title = Texts.fit(box.title(), place.width() - 32, 12, false);
            canvas.text(place.x() + 16, place.y() + 25, "h3 soft", title);
            double x = place.x() + 26 + Texts.width(title, 12, false);
            for (String badge : box.badges()) {
                x += canvas.pill(x, place.y() + 12, badge, "card", "pill-ink") + 6;
            }
            canvas.raw("</g>\n");
        }
    }

    private int depth(Box box) {
        int depth = 0;
        for (int parent = box.parent();
                parent >= 0;
                parent = diagram.boxes().get(parent).parent()) {
            depth++;
        }
        return depth;
    }

    private void links() {
        for (int i = 0; i < diagram.links().size(); i++) {
            Link link = diagram.links().get(i);
            String kind = word(link.kind());
            String attributes =
                    "class=\"edge " + kind + "\" marker-end=\"url(#sluice-tip-" + kind + ")\"";
            canvas.path(Routes.path(layout.routes().get(i)), attributes).raw("\n");
        }
        for (int i = 0; i < diagram.links().size(); i++) {
            Point place = layout.labels().get(i);
            if (place != null) {
                String label = label(diagram.links().get(i));
                canvas.rect(place.x(), place.y(), labelWidth(label), 16, 4, "label-bg");
                canvas.text(place.x() + 4, place.y() + 11.6, "mono soft", label);
            }
        }
    }

    /** The outputs by name while they are few: labels cost width, which a reader has little of. */
    private String label(Link link) {
        if (!detailed || link.outputs().isEmpty()) {
            return "";
        }
        int count = link.outputs().size();
        String names = String.join(", ", link.outputs());
        String label = Texts.width(names, 11, true) <= LABEL_MAX ? names : count + " outputs";
        return Texts.fit(count == 1 ? names : label, LABEL_MAX, 11, true);
    }

    private static double labelWidth(String label) {
        return Texts.width(label, 11, true) + 8;
    }

    private void legend(double y, double width) {
        double x = MARGIN;
        for (EdgeKind kind : kinds) {
            String name = word(kind);
            String end = Canvas.number(x + 30);
            String line = "M" + Canvas.number(x) + " " + Canvas.number(y + 9) + "H" + end;
            canvas.path(
                    line,
                    "class=\"edge " + name + "\" marker-end=\"url(#sluice-tip-" + name + ")\"");
            canvas.text(x + 38, y + 13, "small soft", meaning(kind));
            x += 38 + Texts.width(meaning(kind), 11, false) + 22;
        }
        for (TaskState state : states) {
            String word = StateMark.of(state).word();
            double wide = 22 + Texts.width(word, 11, false) + 18;
            if (x + wide > width - MARGIN) {
                return;
            }
            String classes = Palette.stateClass(state);
            canvas.use("state-" + classes, x, y + 2, 14, classes);
            canvas.text(x + 20, y + 13, "small soft", word);
            x += wide;
        }
    }

    private static String word(EdgeKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String meaning(EdgeKind kind) {
        return switch (kind) {
            case NEEDS -> "needs";
            case TABLE -> "reads table";
            case REFERENCE -> "refers to";
        };
    }
}
