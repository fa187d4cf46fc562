package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spi.TaskException;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes come: an answer or a failure that is told, never anything else. */
class HostileBytesTest {
    private static final String[] PARTS = {
        "{\"value\":\"a\",\"data\":",
        "{\"table\":\"t\",\"path\":\"t.ndjson\",\"columns\":[[\"a\",\"BIGINT\"]]}",
        "{\"file\":\"f\",\"path\":\"f\"}",
        "{\"progress\":0.5,\"message\":\"m\"}",
        "{\"metric\":\"m\",\"value\":1}",
        "{\"error\":\"e\"}",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\\u0000",
        "\\ud800",
        "\n",
        "\r",
        "1e400",
        "-0",
        "null",
        "0.5",
        "99999999999999999999",
        ",",
        ":",
        "\u001b[31m",
        "è",
        "a=",
        "=",
        "name=[1"
    };

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);

    private byte[] bytes() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void declarationsAreReadOrRefused(@TempDir Path out) throws Exception {
        Files.createDirectories(out.resolve("files"));
        int read = 0;
        for (int round = 0; round < 3_000; round++) {
            Files.write(out.resolve("declared.jsonl"), bytes());
            Files.write(out.resolve("values"), bytes());
            try {
                Declarations.ofHelper(out);
                read++;
            } catch (TaskException e) {
                assertThat(e.getMessage()).as("seed %s", seed).doesNotContain("\u001b");
            }
            try {
                Declarations.ofShell(out, java.util.Map.of());
            } catch (TaskException e) {
                assertThat(e.getMessage()).as("seed %s", seed).doesNotContain("\u001b");
            }
        }
        assertThat(read).as("seed %s: some are right", seed).isPositive();
    }

    @Test
    void theControlChannelTakesAnything(@TempDir Path root) {
        FakeTaskContext context = new FakeTaskContext(root);
        ProcessLog log = new ProcessLog(context);
        for (int round = 0; round < 3_000; round++) {
            byte[] bytes = bytes();
            log.control(bytes, bytes.length);
            log.control(new byte[] {'\n'}, 1);
        }
        log.end();
        assertThat(context.metrics().keySet()).as("seed %s", seed).isSubsetOf("m");
        assertThat(context.lines()).isEmpty();
    }

    @Test
    void linesAreTheSameHoweverTheBytesArrive() {
        byte[] bytes = "aè€😀\n\nxyz\r\nend".repeat(2_000).getBytes(StandardCharsets.UTF_8);
        List<String> atOnce = new ArrayList<>();
        LineSplitter whole = new LineSplitter(atOnce::add);
        whole.add(bytes, bytes.length);
        whole.end();
        List<String> inPieces = new ArrayList<>();
        LineSplitter pieces = new LineSplitter(inPieces::add);
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, random.nextInt(1, 40));
            pieces.add(Arrays.copyOfRange(bytes, from, from + length), length);
            from += length;
        }
        pieces.end();
        assertThat(inPieces).as("seed %s", seed).isEqualTo(atOnce).contains("aè€😀", "", "xyz");
    }
}
