package dev.sluice.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.graph.Diagram.Box;
import dev.sluice.graph.Diagram.Card;
import dev.sluice.graph.Diagram.Link;
import dev.sluice.graph.Layout.Rect;
import dev.sluice.graph.Layout.Size;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final long SEED = Long.getLong("seed", 20261124);

    @Test
    void cardsDoNotOverlapAndLieInTheirBoxes() {
        for (int size : new int[] {1, 2, 30, 100, 150}) {
            Diagram diagram = random(size, 4);
            Layout layout = ElkLayout.of(diagram, sizes(diagram), titles(diagram), labels(diagram));
            assertNoOverlap(layout, "seed " + SEED + ", " + size + " cards");
            for (int i = 0; i < size; i++) {
                int box = diagram.cards().get(i).box();
                if (box >= 0) {
                    assertInside(layout.cards().get(i), layout.boxes().get(box));
                }
            }
        }
    }

    @Test
    void theSimpleLayoutDoesNotOverlapEither() {
        Diagram diagram = random(500, 0);
        assertNoOverlap(LayerLayout.of(diagram, sizes(diagram)), "seed " + SEED);
    }

    @Test
    void linksGoFromLeftToRight() {
        Diagram diagram = random(60, 0);
        Layout layout = ElkLayout.of(diagram, sizes(diagram), titles(diagram), labels(diagram));
        for (int i = 0; i < diagram.links().size(); i++) {
            Rect from = layout.cards().get(diagram.links().get(i).from());
            Rect to = layout.cards().get(diagram.links().get(i).to());
            assertThat(from.x() + from.width()).as("seed " + SEED).isLessThan(to.x());
            assertThat(layout.routes().get(i).getFirst().x())
                    .isCloseTo(from.x() + from.width(), within());
            assertThat(layout.routes().get(i).getLast().x()).isCloseTo(to.x(), within());
        }
    }

    /**
     * Measured: 0.8 s for ELK, 0.6 s for the simple layout; the limit leaves room for busy
     * machines.
     */
    @Test
    void aGraphOfThousandsOfTasksIsDrawnInSeconds() {
        for (int size : new int[] {2_122, 20_000}) {
            Diagram diagram = layered(size);
            String svg =
                    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> Svg.write(diagram));
            assertThat(svg).contains("t" + (size - 1));
        }
    }

    @Test
    void aPictureWithoutItsGroupsSaysSo() {
        Diagram diagram = layered(6_000);
        Box box = new Box("g", "Group", -1, List.of());
        Diagram grouped =
                new Diagram("big", "Big", "", diagram.cards(), List.of(box), diagram.links());
        assertThat(Svg.write(grouped)).contains("too many tasks to draw the groups");
    }

    @Test
    void aLongChainIsDrawnToo() {
        List<Card> cards = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            cards.add(
                    new Card(
                            "t" + i, "t" + i, -1, "value", "t" + i, "", "", false, List.of(),
                            null));
            if (i > 0) {
                links.add(new Link(i - 1, i, EdgeKind.NEEDS, List.of()));
            }
        }
        assertThat(Svg.write(new Diagram("chain", "Chain", "", cards, List.of(), links)))
                .contains("t3999");
    }

    @Test
    void onlyThePictureLoadsTheLayoutEngine() throws Exception {
        try (WithoutElk loader = new WithoutElk()) {
            Class<?> writers = loader.loadClass(TextFormats.class.getName());
            Object texts = writers.getMethod("write").invoke(null);
            assertThat(texts.toString()).contains("flowchart LR", "digraph", "\"tasks\"");
        }
    }

    /** Runs in a class loader of its own. */
    public static final class TextFormats {
        private TextFormats() {}

        public static String write() {
            Diagram diagram = random(5, 2);
            return Mermaid.write(diagram) + Dot.write(diagram) + Json.write(diagram);
        }
    }

    private static final class WithoutElk extends URLClassLoader {
        WithoutElk() throws IOException {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        private static URL[] classPath() throws IOException {
            List<URL> urls = new ArrayList<>();
            for (String path :
                    System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
                urls.add(Path.of(path).toUri().toURL());
            }
            return urls.toArray(URL[]::new);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.eclipse.")) {
                throw new ClassNotFoundException(name + " was asked for");
            }
            return super.findClass(name);
        }
    }

    /** Links go from lower to higher numbers, so there is no circle. */
    private static Diagram random(int size, int boxCount) {
        SplittableRandom random = new SplittableRandom(SEED + size);
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < boxCount; i++) {
            boxes.add(new Box("g" + i, "Group " + i, random.nextInt(i + 1) - 1, List.of()));
        }
        List<Card> cards = new ArrayList<>();
        Set<Link> links = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            int box = random.nextInt(boxCount + 1) - 1;
            cards.add(
                    new Card(
                            "t" + i,
                            "t" + i,
                            box,
                            "value",
                            "t" + i,
                            "",
                            "",
                            i % 7 == 0,
                            List.of(),
                            null));
            for (int k = 0; k < 3 && i > 0; k++) {
                int from = i - 1 - random.nextInt(Math.min(i, 400));
                links.add(new Link(from, i, EdgeKind.values()[(from + i) % 3], List.of()));
            }
        }
        return new Diagram("random", "Random", "", cards, boxes, new ArrayList<>(links));
    }

    /** Two hundred cards a layer, each with three before it. */
    private static Diagram layered(int size) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Card> cards = new ArrayList<>();
        Set<Link> links = new LinkedHashSet<>();
        for (int i = 0; i < size; i++) {
            cards.add(
                    new Card(
                            "t" + i, "t" + i, -1, "value", "t" + i, "", "", false, List.of(),
                            null));
            for (int k = 0; k < 3 && i >= 200; k++) {
                int from = (i / 200 - 1) * 200 + random.nextInt(200);
                links.add(new Link(from, i, EdgeKind.NEEDS, List.of()));
            }
        }
        return new Diagram("layered", "Layered", "", cards, List.of(), new ArrayList<>(links));
    }

    private static List<Size> sizes(Diagram diagram) {
        return diagram.cards().stream().map(c -> new CardView(c, true).size()).toList();
    }

    private static List<Size> titles(Diagram diagram) {
        return diagram.boxes().stream().map(_ -> new Size(90, 20)).toList();
    }

    private static List<Size> labels(Diagram diagram) {
        return diagram.links().stream().map(_ -> new Size(0, 16)).toList();
    }

    private static void assertNoOverlap(Layout layout, String about) {
        Rect[] rects = layout.cards().toArray(Rect[]::new);
        Arrays.sort(rects, java.util.Comparator.comparingDouble(Rect::x));
        for (int i = 0; i < rects.length; i++) {
            for (int j = i + 1; j < rects.length && rects[j].x() < right(rects[i]); j++) {
                boolean apart =
                        rects[j].y() >= rects[i].y() + rects[i].height()
                                || rects[i].y() >= rects[j].y() + rects[j].height();
                assertThat(apart).as("%s: %s and %s", about, rects[i], rects[j]).isTrue();
            }
        }
    }

    private static double right(Rect rect) {
        return rect.x() + rect.width() - 0.01;
    }

    private static void assertInside(Rect inner, Rect outer) {
        assertThat(inner.x()).isGreaterThanOrEqualTo(outer.x());
        assertThat(inner.y()).isGreaterThanOrEqualTo(outer.y());
        assertThat(right(inner)).isLessThanOrEqualTo(outer.x() + outer.width());
        assertThat(inner.y() + inner.height()).isLessThanOrEqualTo(outer.y() + outer.height());
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1.0);
    }
}
