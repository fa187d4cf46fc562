package dev.sluice.testkit.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.spi.LogStore;
import dev.sluice.spi.LogStore.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every log store has to keep to. */
public abstract class LogStoreContract {
    private static final TenantId ACME = new TenantId("acme");
    private static final RunId RUN = new RunId(77);
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";
    private static final int LIMIT_BYTES = 1 << 20;

    @TempDir private Path folder;
    private LogStore store;

    /** Opens the store of this test in a folder, with this limit an attempt. */
    protected abstract LogStore open(Path folder, int limitBytes) throws IOException;

    /** Closes a store that has to be closed. */
    protected abstract void close(LogStore store) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = open(folder, LIMIT_BYTES);
    }

    @AfterEach
    void closeStore() throws IOException {
        close(store);
    }

    @Test
    void linesCarryTheirTimeAndKeepTheirOrder() throws IOException {
        try (Log log = store.open(ACME, RUN, "clean", -1, 1)) {
            log.line("first\twith a tab");
            log.line("");
            log.line("zweite ✓ 😀");
        }
        List<String> lines = lines("clean", -1, 1);
        assertThat(lines).allMatch(line -> line.matches("(?s)" + TIME + " .*"));
        assertThat(lines)
                .extracting(line -> line.substring(28))
                .containsExactly("first\twith a tab", "", "zweite ✓ 😀");
    }

    @Test
    void everyAttemptAndItemHasItsOwn() throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String task : List.of("a", "group/a", "group/b")) {
            for (int item : new int[] {-1, 0, 1}) {
                for (int attempt : new int[] {1, 2}) {
                    try (Log log = store.open(ACME, RUN, task, item, attempt)) {
                        log.line(task + " " + item + " " + attempt);
                    }
                    paths.add(store.path(ACME, RUN, task, item, attempt));
                    assertThat(lines(task, item, attempt))
                            .singleElement()
                            .asString()
                            .endsWith(task + " " + item + " " + attempt);
                }
            }
        }
        assertThat(paths).doesNotHaveDuplicates();
    }

    @Test
    void aFollowerSeesALineBeforeTheLogIsClosed() throws IOException {
        try (Log log = store.open(ACME, RUN, "slow", -1, 1)) {
            for (String text : List.of("one", "two")) {
                log.line(text);
                Path path = store.path(ACME, RUN, "slow", -1, 1);
                long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
                while (!Files.readString(path).endsWith(text + "\n")) {
                    assertThat(System.nanoTime()).isLessThan(end);
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }

    @Test
    void aFloodIsBoundedAndTheEndSaysWhatIsMissing() throws IOException {
        String text = "x".repeat(100);
        try (Log log = store.open(ACME, RUN, "flood", -1, 1)) {
            for (int i = 0; i < 20_000; i++) {
                log.line(text);
            }
        }
        List<String> lines = lines("flood", -1, 1);
        int kept = LIMIT_BYTES / 129;
        assertThat(lines).hasSize(kept + 1);
        assertThat(lines.getLast())
                .endsWith(
                        " … "
                                + (20_000 - kept)
                                + " lines ("
                                + (20_000 - kept) * 129
                                + " bytes) dropped: log limit 1 MiB");
        assertThat(Files.size(store.path(ACME, RUN, "flood", -1, 1))).isLessThan(LIMIT_BYTES + 200);
    }

    @Test
    void anOverlongLineIsCutWithAMark() throws IOException {
        try (Log log = store.open(ACME, RUN, "long", -1, 1)) {
            log.line("ä".repeat(100_000));
            log.line("after");
        }
        List<String> lines = lines("long", -1, 1);
        assertThat(lines.getFirst().getBytes(UTF_8)).hasSizeBetween(16_384, 16_500);
        assertThat(lines.getFirst()).endsWith("ä … (cut: 91808 more characters)");
        assertThat(lines.getLast()).endsWith("after");
    }

    @Test
    void controlCharactersAreEscaped() throws IOException {
        try (Log log = store.open(ACME, RUN, "hostile", -1, 1)) {
            log.line("\u001b[2Jforged\n2026-01-01 line\r\u0000\u009b");
        }
        assertThat(lines("hostile", -1, 1))
                .singleElement()
                .asString()
                .endsWith(" \\u001b[2Jforged\\u000a2026-01-01 line\\u000d\\u0000\\u009b");
    }

    @Test
    void manyMayLogAtOnce() throws IOException {
        try (Log log = store.open(ACME, RUN, "many", -1, 1);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                int thread = i;
                threads.execute(() -> {
                    for (int j = 0; j < 100; j++) {
                        log.line(thread + ":" + j);
                    }
                });
            }
        }
        assertThat(lines("many", -1, 1))
                .hasSize(5000)
                .doesNotHaveDuplicates()
                .allMatch(line -> line.matches(TIME + " \\d+:\\d+"));
    }

    @Test
    void aLogGoesOnAfterACrashOnALineOfItsOwn() throws IOException {
        try (Log log = store.open(ACME, RUN, "again", -1, 1)) {
            log.line("before");
        }
        Files.writeString(
                store.path(ACME, RUN, "again", -1, 1), "half a li", StandardOpenOption.APPEND);
        try (Log log = store.open(ACME, RUN, "again", -1, 1)) {
            log.line("after");
        }
        List<String> lines = lines("again", -1, 1);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).isEqualTo("half a li");
        assertThat(lines.get(2)).endsWith(" after");
    }

    @Test
    void aClosedLogTakesNoMoreAndClosesTwice() throws IOException {
        Log log = store.open(ACME, RUN, "shut", -1, 1);
        log.line("one");
        log.close();
        log.line("two");
        log.close();
        assertThat(lines("shut", -1, 1)).hasSize(1);
    }

    @Test
    void anInterruptedThreadStillLogs() throws IOException {
        try (Log log = store.open(ACME, RUN, "cancelled", -1, 1)) {
            Thread.currentThread().interrupt();
            log.line("cancelled by ann");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(lines("cancelled", -1, 1)).singleElement().asString().endsWith("by ann");
    }

    @Test
    void removingARunRemovesItsLogsAlone() throws IOException {
        RunId other = new RunId(78);
        for (RunId run : List.of(RUN, other)) {
            try (Log log = store.open(ACME, run, "a", -1, 1)) {
                log.line("x");
            }
        }
        store.remove(ACME, RUN);
        store.remove(new TenantId("nobody"), RUN);
        assertThat(store.path(ACME, RUN, "a", -1, 1)).doesNotExist();
        assertThat(store.path(ACME, other, "a", -1, 1)).exists();
    }

    private List<String> lines(String task, int item, int attempt) throws IOException {
        return Files.readAllLines(store.path(ACME, RUN, task, item, attempt));
    }
}
