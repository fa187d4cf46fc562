package dev.sluice.graph;

import dev.sluice.graph.Layout.Point;
import java.util.List;

/** A link's way as SVG path data: corners are rounded, a lone slanted line becomes a curve. */
final class Routes {
    private static final double RADIUS = 9;

    private Routes() {}

    static String path(List<Point> points) {
        Point start = points.getFirst();
        Point end = points.getLast();
        StringBuilder path = new StringBuilder("M").append(at(start));
        if (points.size() == 2 && Math.abs(start.y() - end.y()) > 0.5) {
            double bend = (end.x() - start.x()) / 2;
            path.append('C').append(at(new Point(start.x() + bend, start.y())));
            path.append(' ').append(at(new Point(end.x() - bend, end.y())));
            return path.append(' ').append(at(end)).toString();
        }
        for (int i = 1; i < points.size() - 1; i++) {
            Point corner = points.get(i);
            path.append('L').append(at(towards(corner, points.get(i - 1))));
            path.append('Q').append(at(corner));
            path.append(' ').append(at(towards(corner, points.get(i + 1))));
        }
        return path.append('L').append(at(end)).toString();
    }

    /** The point before the corner where its curve begins, at most half way to the neighbour. */
    private static Point towards(Point corner, Point neighbour) {
        double dx = neighbour.x() - corner.x();
        double dy = neighbour.y() - corner.y();
        double length = Math.hypot(dx, dy);
        double share = length == 0 ? 0 : Math.min(RADIUS, length / 2) / length;
        return new Point(corner.x() + dx * share, corner.y() + dy * share);
    }

    private static String at(Point point) {
        return Canvas.number(point.x()) + " " + Canvas.number(point.y());
    }
}
