package dev.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Digest;
import dev.sluice.model.RunId;
import dev.sluice.model.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final RunId RUN = RunId.of(1_700_000_000_000L, 1);

    @TempDir Path root;

    @Test
    void aResultIsTheFileItselfUnderItsName() throws Exception {
        Results results = new Results(root.resolve("results"));
        Path bytes = Files.writeString(root.resolve("ab12"), "<p>x</p>");
        Value.Artifact artifact = artifact("<p>x</p>");

        Path link = results.link(RUN, artifact, bytes);
        assertThat(link).hasFileName("report.html").isRegularFile();
        assertThat(link.toRealPath()).hasFileName("report.html");
        assertThat(Files.isSameFile(link, bytes)).isTrue();
        assertThat(results.link(RUN, artifact, bytes)).isEqualTo(link);

        results.remove(RUN);
        assertThat(link).doesNotExist();
        assertThat(bytes).hasContent("<p>x</p>");
    }

    @Test
    void twoResultsOfOneNameHaveEachTheirOwn() throws Exception {
        Results results = new Results(root.resolve("results"));
        Path first = Files.writeString(root.resolve("a"), "a");
        Path second = Files.writeString(root.resolve("b"), "b");
        assertThat(results.link(RUN, artifact("a"), first)).hasContent("a");
        assertThat(results.link(RUN, artifact("b"), second)).hasContent("b");
    }

    private static Value.Artifact artifact(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new Value.Artifact(Digest.of(bytes), bytes.length, "text/html", "report.html", null);
    }
}
