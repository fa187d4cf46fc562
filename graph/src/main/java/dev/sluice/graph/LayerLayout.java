package dev.sluice.graph;

import dev.sluice.graph.Layout.Point;
import dev.sluice.graph.Layout.Rect;
import dev.sluice.graph.Layout.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout for graphs that are too big for ELK to be quick: layers by longest path, a few sweeps
 * that put each card at the middle of its neighbours, straight links, no boxes. Linear in cards and
 * links but for the sorting.
 */
final class LayerLayout {
    private static final int SWEEPS = 8;
    private static final double GAP_X = 120;
    private static final double GAP_Y = 10;

    private final int[] layer;
    private final double[] rank;
    private final List<List<Integer>> before = new ArrayList<>();
    private final List<List<Integer>> after = new ArrayList<>();
    private final List<List<Integer>> layers = new ArrayList<>();

    private LayerLayout(Diagram diagram) {
        int size = diagram.cards().size();
        layer = new int[size];
        rank = new double[size];
        for (int i = 0; i < size; i++) {
            before.add(new ArrayList<>());
            after.add(new ArrayList<>());
        }
        for (Diagram.Link link : diagram.links()) {
            before.get(link.to()).add(link.from());
            after.get(link.from()).add(link.to());
        }
    }

    static Layout of(Diagram diagram, List<Size> sizes) {
        LayerLayout layout = new LayerLayout(diagram);
        layout.assignLayers();
        layout.order();
        return layout.place(diagram, sizes);
    }

    /** Kahn's order, so that a card's layer is known before its successors ask. */
    private void assignLayers() {
        int size = layer.length;
        int[] open = new int[size];
        List<Integer> ready = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            open[i] = before.get(i).size();
            if (open[i] == 0) {
                ready.add(i);
            }
        }
        for (int done = 0; done < ready.size(); done++) {
            int card = ready.get(done);
            for (int next : after.get(card)) {
                layer[next] = Math.max(layer[next], layer[card] + 1);
                if (--open[next] == 0) {
                    ready.add(next);
                }
            }
        }
        for (int i = 0; i < size; i++) {
            while (layers.size() <= layer[i]) {
                layers.add(new ArrayList<>());
            }
            layers.get(layer[i]).add(i);
        }
        layers.forEach(this::rankByOrder);
    }

    private void order() {
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            boolean forward = sweep % 2 == 0;
            List<List<Integer>> order = new ArrayList<>(layers);
            if (!forward) {
                Collections.reverse(order);
            }
            for (List<Integer> cards : order) {
                cards.forEach(
                        c -> rank[c] = middle(forward ? before.get(c) : after.get(c), rank[c]));
                cards.sort(Comparator.comparingDouble(c -> rank[c]));
                rankByOrder(cards);
            }
        }
    }

    private void rankByOrder(List<Integer> cards) {
        for (int i = 0; i < cards.size(); i++) {
            rank[cards.get(i)] = (i + 0.5) / cards.size();
        }
    }

    private double middle(List<Integer> neighbours, double otherwise) {
        return neighbours.stream().mapToDouble(n -> rank[n]).average().orElse(otherwise);
    }

    private Layout place(Diagram diagram, List<Size> sizes) {
        double height = layers.stream().mapToDouble(l -> tall(l, sizes)).max().orElse(0);
        Rect[] rects = new Rect[sizes.size()];
        double x = 0;
        for (List<Integer> cards : layers) {
            double y = (height - tall(cards, sizes)) / 2;
            double wide = 0;
            for (int card : cards) {
                Size size = sizes.get(card);
                rects[card] = new Rect(x, y, size.width(), size.height());
                y += size.height() + GAP_Y;
                wide = Math.max(wide, size.width());
            }
            x += wide + GAP_X;
        }
        List<List<Point>> routes = new ArrayList<>();
        List<@Nullable Point> labels = new ArrayList<>();
        for (Diagram.Link link : diagram.links()) {
            Rect from = rects[link.from()];
            Rect to = rects[link.to()];
            routes.add(
                    List.of(
                            new Point(from.x() + from.width(), from.y() + from.height() / 2),
                            new Point(to.x(), to.y() + to.height() / 2)));
            labels.add(null);
        }
        return new Layout(
                Math.max(0, x - GAP_X), height, List.of(rects), List.of(), routes, labels);
    }

    private static double tall(List<Integer> cards, List<Size> sizes) {
        return cards.stream().mapToDouble(c -> sizes.get(c).height() + GAP_Y).sum() - GAP_Y;
    }
}
