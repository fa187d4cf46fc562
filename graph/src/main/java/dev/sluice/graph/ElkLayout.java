package dev.sluice.graph;

import dev.sluice.graph.Diagram.Box;
import dev.sluice.graph.Layout.Point;
import dev.sluice.graph.Layout.Rect;
import dev.sluice.graph.Layout.Size;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.elk.alg.layered.options.CenterEdgeLabelPlacementStrategy;
import org.eclipse.elk.alg.layered.options.CrossingMinimizationStrategy;
import org.eclipse.elk.alg.layered.options.GreedySwitchType;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.alg.layered.options.OrderingStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.math.KVector;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeLabelPlacement;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.options.HierarchyHandling;
import org.eclipse.elk.core.options.SizeConstraint;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkLabel;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;
import org.jspecify.annotations.Nullable;

/**
 * Left to right in layers, by Eclipse ELK (Sugiyama's method). The only class that touches ELK, so
 * that the other formats never load it.
 */
final class ElkLayout {
    private final Diagram diagram;
    private final ElkNode root = ElkGraphUtil.createGraph();
    private final List<ElkNode> boxes = new ArrayList<>();
    private final List<ElkNode> cards = new ArrayList<>();
    private final List<ElkEdge> edges = new ArrayList<>();

    private ElkLayout(Diagram diagram) {
        this.diagram = diagram;
    }

    /**
     * @param cards sizes of the cards
     * @param titles sizes of the boxes' titles
     * @param labels sizes of the links' labels, width 0 for none
     */
    static Layout of(Diagram diagram, List<Size> cards, List<Size> titles, List<Size> labels) {
        boolean big = diagram.cards().size() > Svg.DETAILED_CARDS_MAX;
        try {
            return of(diagram, cards, titles, labels, big);
        } catch (StackOverflowError e) {
            // Merging links makes big pictures a tenth as wide, but ELK recurses as deep as their
            // webs are large.
            return of(diagram, cards, titles, labels, false);
        }
    }

    private static Layout of(
            Diagram diagram,
            List<Size> cards,
            List<Size> titles,
            List<Size> labels,
            boolean mergesLinks) {
        ElkLayout layout = new ElkLayout(diagram);
        layout.root.setProperty(LayeredOptions.MERGE_EDGES, mergesLinks);
        layout.build(cards, titles, labels);
        new RecursiveGraphLayoutEngine().layout(layout.root, new BasicProgressMonitor());
        return layout.result();
    }

    private void build(List<Size> cardSizes, List<Size> titles, List<Size> labels) {
        options();
        for (int i = 0; i < diagram.boxes().size(); i++) {
            Box box = diagram.boxes().get(i);
            ElkNode node =
                    ElkGraphUtil.createNode(box.parent() < 0 ? root : boxes.get(box.parent()));
            node.setProperty(CoreOptions.PADDING, new ElkPadding(40, 16, 16, 16));
            node.setProperty(CoreOptions.NODE_SIZE_CONSTRAINTS, SizeConstraint.minimumSize());
            node.setProperty(CoreOptions.NODE_SIZE_MINIMUM, new KVector(titles.get(i).width(), 0));
            boxes.add(node);
        }
        for (int i = 0; i < cardSizes.size(); i++) {
            int box = diagram.cards().get(i).box();
            ElkNode node = ElkGraphUtil.createNode(box < 0 ? root : boxes.get(box));
            node.setDimensions(cardSizes.get(i).width(), cardSizes.get(i).height());
            cards.add(node);
        }
        for (int i = 0; i < diagram.links().size(); i++) {
            Diagram.Link link = diagram.links().get(i);
            ElkEdge edge =
                    ElkGraphUtil.createSimpleEdge(cards.get(link.from()), cards.get(link.to()));
            Size size = labels.get(i);
            if (size.width() > 0) {
                // ELK leaves out labels without a text.
                ElkLabel label = ElkGraphUtil.createLabel("label", edge);
                label.setDimensions(size.width(), size.height());
                label.setProperty(CoreOptions.EDGE_LABELS_PLACEMENT, EdgeLabelPlacement.CENTER);
            }
            edges.add(edge);
        }
    }

    private void options() {
        root.setProperty(CoreOptions.ALGORITHM, "org.eclipse.elk.layered");
        root.setProperty(CoreOptions.DIRECTION, Direction.RIGHT);
        root.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
        root.setProperty(CoreOptions.RANDOM_SEED, 1);
        root.setProperty(CoreOptions.SPACING_NODE_NODE, 26.0);
        root.setProperty(CoreOptions.SPACING_EDGE_NODE, 18.0);
        root.setProperty(CoreOptions.SPACING_EDGE_EDGE, 12.0);
        root.setProperty(CoreOptions.SPACING_EDGE_LABEL, 2.0);
        root.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 34.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 14.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, 10.0);
        root.setProperty(
                LayeredOptions.EDGE_LABELS_CENTER_LABEL_PLACEMENT_STRATEGY,
                CenterEdgeLabelPlacementStrategy.SPACE_EFFICIENT_LAYER);
        root.setProperty(CoreOptions.PADDING, new ElkPadding(0));
        if (!diagram.boxes().isEmpty()) {
            root.setProperty(CoreOptions.HIERARCHY_HANDLING, HierarchyHandling.INCLUDE_CHILDREN);
        }
        boolean small = diagram.cards().size() <= Svg.DETAILED_CARDS_MAX;
        root.setProperty(
                LayeredOptions.NODE_PLACEMENT_STRATEGY,
                small
                        ? NodePlacementStrategy.NETWORK_SIMPLEX
                        : NodePlacementStrategy.BRANDES_KOEPF);
        root.setProperty(
                LayeredOptions.CROSSING_MINIMIZATION_STRATEGY,
                CrossingMinimizationStrategy.LAYER_SWEEP);
        if (small) {
            // Keeps the order of the text where it can; with a thousand tasks that alone took ELK
            // a hundred times as long as all the rest.
            root.setProperty(
                    LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.PREFER_EDGES);
        } else {
            root.setProperty(CoreOptions.SPACING_NODE_NODE, 8.0);
            root.setProperty(CoreOptions.SPACING_EDGE_NODE, 6.0);
            root.setProperty(CoreOptions.SPACING_EDGE_EDGE, 3.0);
            root.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, 4.0);
            root.setProperty(LayeredOptions.THOROUGHNESS, 2);
            root.setProperty(
                    LayeredOptions.CROSSING_MINIMIZATION_GREEDY_SWITCH_TYPE, GreedySwitchType.OFF);
        }
    }

    private Layout result() {
        List<List<Point>> routes = new ArrayList<>();
        List<@Nullable Point> labels = new ArrayList<>();
        for (ElkEdge edge : edges) {
            Point origin = origin(edge.getContainingNode());
            routes.add(route(edge.getSections().get(0), origin));
            ElkLabel label = edge.getLabels().isEmpty() ? null : edge.getLabels().get(0);
            labels.add(
                    label == null
                            ? null
                            : new Point(origin.x() + label.getX(), origin.y() + label.getY()));
        }
        return new Layout(
                root.getWidth(),
                root.getHeight(),
                cards.stream().map(ElkLayout::rect).toList(),
                boxes.stream().map(ElkLayout::rect).toList(),
                routes,
                labels);
    }

    private static List<Point> route(ElkEdgeSection section, Point origin) {
        List<Point> points = new ArrayList<>();
        points.add(new Point(origin.x() + section.getStartX(), origin.y() + section.getStartY()));
        section.getBendPoints()
                .forEach(b -> points.add(new Point(origin.x() + b.getX(), origin.y() + b.getY())));
        points.add(new Point(origin.x() + section.getEndX(), origin.y() + section.getEndY()));
        return points;
    }

    private static Rect rect(ElkNode node) {
        Point place = origin(node);
        return new Rect(place.x(), place.y(), node.getWidth(), node.getHeight());
    }

    /** Where the node's own coordinates begin: ELK counts from the parent's corner. */
    private static Point origin(ElkNode node) {
        double x = 0;
        double y = 0;
        for (ElkNode n = node; n != null; n = n.getParent()) {
            x += n.getX();
            y += n.getY();
        }
        return new Point(x, y);
    }
}
