package dev.sluice.graph;

import dev.sluice.graph.Diagram.Card;
import dev.sluice.graph.Layout.Rect;
import dev.sluice.graph.Layout.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * How a card looks: icon, title, id, what it does, badges; in a big graph only icon and title.
 * Widths come from estimates, so texts are cut to what is surely there.
 */
final class CardView {
    private static final double WIDTH_MIN = 160;
    private static final double WIDTH_MAX = 240;
    private static final double TEXT_X = 52;
    private static final double PAD = 12;
    private static final double STACK = 8;
    private static final double STATE_ROOM = 26;

    private final Card card;
    private final boolean detailed;
    private final Icons icon;
    private final double width;
    private final double height;

    CardView(Card card, boolean detailed) {
        this.card = card;
        this.detailed = detailed;
        this.icon = Icons.of(card.type());
        this.width = detailed ? wanted() : Math.min(210, 42 + Texts.width(card.title(), 12, false));
        this.height = detailed ? 58 + (card.does().isEmpty() ? 0 : 20) + (hasPills() ? 26 : 0) : 28;
    }

    /** The room it takes, the cards below it included. */
    Size size() {
        double stack = stack();
        return new Size(width + stack, height + stack);
    }

    private double stack() {
        return card.stacked() ? detailed ? STACK : STACK / 2 : 0;
    }

    private double wanted() {
        double state = card.state() == null ? 0 : STATE_ROOM;
        double title = TEXT_X + Texts.width(Texts.clean(card.title()), 13.5, false) + PAD + state;
        double id = TEXT_X + Texts.width(subtitle(), 11, true) + PAD;
        double does = 2 * PAD + Texts.width(Texts.clean(card.does()), 11, true);
        double pills = 2 * PAD - 6;
        for (String pill : pills()) {
            pills += Canvas.pillWidth(pill) + 6;
        }
        double most = Math.max(Math.max(title, id), Math.max(does, pills));
        return Math.clamp(Math.ceil(most), WIDTH_MIN, WIDTH_MAX);
    }

    private String subtitle() {
        return card.title().equals(card.id()) ? card.type() : card.id() + " · " + card.type();
    }

    private boolean hasPills() {
        return !pills().isEmpty();
    }

    private List<String> pills() {
        List<String> pills = new ArrayList<>();
        if (card.state() != null) {
            pills.add(StateMark.of(card.state()).word());
        }
        card.badges().forEach(b -> pills.add(Texts.fit(b, 130, 10.5, false)));
        return pills;
    }

    void draw(Canvas canvas, Rect place) {
        double x = place.x();
        double y = place.y();
        canvas.raw("<g>").tooltip(tooltip());
        double stack = stack();
        if (stack > 0) {
            canvas.rect(x + stack, y + stack, width, height, 10, "under");
            canvas.rect(x + stack / 2, y + stack / 2, width, height, 10, "under");
        }
        canvas.rect(x, y, width, height, detailed ? 10 : 7, "card");
        if (card.state() != null) {
            canvas.raw("<g class=\"" + Palette.stateClass(card.state()) + "\">");
            canvas.rect(x, y, width, height, detailed ? 10 : 7, "ring");
            String glyph = "state-" + Palette.stateClass(card.state());
            canvas.use(glyph, x + width - 26, y + (detailed ? 12 : 6), 16, "glyph");
            canvas.raw("</g>");
        }
        if (detailed) {
            details(canvas, x, y);
        } else {
            canvas.use("i-" + icon.name(), x + 8, y + 6, 16, "icon i-" + icon.family());
            double room = width - 36 - (card.state() == null ? 0 : 20);
            canvas.text(x + 30, y + 18.5, "h3 ink", Texts.fit(card.title(), room, 12, false));
        }
        canvas.raw("</g>\n");
    }

    private void details(Canvas canvas, double x, double y) {
        canvas.rect(x + 12, y + 12, 32, 32, 8, "f-" + icon.family());
        canvas.use("i-" + icon.name(), x + 18, y + 18, 20, "icon i-" + icon.family());
        double state = card.state() == null ? 0 : STATE_ROOM;
        double room = width - TEXT_X - PAD;
        canvas.text(
                x + TEXT_X, y + 26, "h2 ink", Texts.fit(card.title(), room - state, 13.5, false));
        canvas.text(x + TEXT_X, y + 42, "mono soft", Texts.fit(subtitle(), room, 11, true));
        double next = y + 52;
        if (!card.does().isEmpty()) {
            String does = Texts.fit(card.does(), width - 2 * PAD, 11, true);
            canvas.text(x + PAD, next + 13, "mono ink", does);
            next += 20;
        }
        drawPills(canvas, x + PAD, next + 4);
    }

    private void drawPills(Canvas canvas, double left, double y) {
        double x = left;
        double end = left + width - 2 * PAD;
        List<String> pills = pills();
        for (int i = 0; i < pills.size(); i++) {
            String pill = pills.get(i);
            if (x + Canvas.pillWidth(pill) > end + 1) {
                return;
            }
            if (i == 0 && card.state() != null) {
                canvas.raw("<g class=\"" + Palette.stateClass(card.state()) + "\">");
                x += canvas.pill(x, y, pill, "tint", "state-ink") + 6;
                canvas.raw("</g>");
            } else {
                x += canvas.pill(x, y, pill, "pill", "pill-ink") + 6;
            }
        }
    }

    private String tooltip() {
        String state = card.state() == null ? "" : ", " + StateMark.of(card.state()).word();
        String more = card.description().isEmpty() ? card.does() : card.description();
        return card.path() + " (" + card.type() + state + ")" + (more.isEmpty() ? "" : ": " + more);
    }
}
