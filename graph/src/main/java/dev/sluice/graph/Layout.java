package dev.sluice.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where everything goes, in pixels from the top left.
 *
 * @param cards one a card
 * @param boxes one a box, or none where the boxes are not drawn
 * @param routes one a link: at least two points, from its start to its end
 * @param labels one a link: the place of its label's top left corner, or null
 */
record Layout(
        double width,
        double height,
        List<Rect> cards,
        List<Rect> boxes,
        List<List<Point>> routes,
        List<@Nullable Point> labels) {

    record Rect(double x, double y, double width, double height) {}

    record Point(double x, double y) {}

    record Size(double width, double height) {}
}
