package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The examples are the first that people run: they have no mistakes, a page and a fresh picture.
 */
class ExamplesTest {
    private final LocalHost host = new LocalHost(trouble -> {});

    @Test
    void everyExampleIsAFlowWithoutMistakes() throws IOException {
        for (Path folder : examples()) {
            String flow = Files.readString(folder.resolve("flow.yaml"));
            assertThat(host.check(flow).problems()).as(folder.toString()).isEmpty();
            assertThat(folder.resolve("README.md")).content().contains("./sluice run examples/");
        }
    }

    @Test
    void everyPictureIsAsTheFlowIsNow() throws IOException {
        for (Path folder : examples()) {
            String flow = Files.readString(folder.resolve("flow.yaml"));
            assertThat(folder.resolve("graph.svg"))
                    .as("drawn by docs/make-pictures.sh")
                    .hasContent(host.draw(flow, "svg"));
        }
    }

    private static List<Path> examples() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("..", "examples"))) {
            List<Path> found = folders.filter(Files::isDirectory).sorted().toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }
}
