package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a hostile or mistaken program leaves behind. */
class OutputsTest {
    @TempDir Path root;
    Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(root, "python");
    }

    private String failure(String script) {
        return bench.script("import os, sluice\nout = os.environ['SLUICE_OUT']\n" + script + "\n")
                .fails()
                .getMessage();
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path secret = Files.writeString(root.resolve("secret"), "key");
        assertThat(failure("os.symlink('" + secret + "', sluice.file('a.txt'))"))
                .contains("a.txt is refused: it is no plain file but a link, folder or device");
    }

    @Test
    void aLinkedFolderIsNotFollowed() throws Exception {
        Files.writeString(root.resolve("secret"), "key");
        assertThat(
                        failure(
                                "sluice.file('secret'); os.rmdir(out + '/files'); os.symlink('"
                                        + root
                                        + "', out + '/files')"))
                .contains("files/ is refused: the folder was replaced by a link");
    }

    @Test
    void aHardLinkIsRefused() throws Exception {
        Path secret = Files.writeString(root.resolve("secret"), "key");
        assertThat(failure("os.link('" + secret + "', sluice.file('a.txt'))"))
                .contains("the file has a second name (a hard link)");
    }

    @Test
    void apipeIsRefused() {
        assertThat(failure("os.mkfifo(sluice.file('a.txt'))")).contains("no plain file");
    }

    @Test
    void aPathOutOfTheFolderIsRefused() {
        assertThat(failure("sluice._declare({'file': 'a', 'path': '../declared.jsonl'})"))
                .contains("its name is not that of a plain file");
        bench = new Bench(root.resolve("second"), "python");
        assertThat(failure("sluice._declare({'file': 'a', 'path': '..'})"))
                .contains("its name is not that of a plain file");
    }

    @Test
    void whatIsNoDeclarationIsRefused() {
        for (String line :
                new String[] {
                    "nonsense",
                    "[1]",
                    "{}",
                    "{\"value\":\"a\"}",
                    "{\"value\":\"a\",\"data\":NaN}",
                    "{\"value\":\"a\",\"data\":1e999}",
                    "{\"table\":\"a\",\"path\":\"a\",\"columns\":[3]}"
                }) {
            bench = new Bench(root.resolve("at" + System.nanoTime()), "python");
            assertThat(failure("sluice._append('" + line + "')"))
                    .as(line)
                    .startsWith("outputs: line 1 of declared.jsonl is wrong: ");
        }
    }

    @Test
    void deepAndBigAndManyAreRefused() {
        assertThat(
                        failure(
                                "sluice._append('{\"value\":\"a\",\"data\":' + '[' * 200 + ']' * 200 + '}')"))
                .contains("declared.jsonl is wrong")
                .contains("depth");
        bench = new Bench(root.resolve("2"), "python");
        assertThat(failure("for i in range(3): sluice.value(**{'a%d' % i: 'x' * 500_000})"))
                .contains("more than 1 MiB of JSON in all");
        bench = new Bench(root.resolve("3"), "python");
        assertThat(
                        failure(
                                "for i in range(1001): sluice._append('{\"value\":\"a%d\",\"data\":1}' % i)"))
                .contains("outputs: more than 1000");
        bench = new Bench(root.resolve("4"), "python");
        bench.context.resources(new Resources(1, 1L << 30, 1000, 0));
        assertThat(failure("open(sluice.file('a.bin'), 'wb').truncate(2000)"))
                .contains("the outputs are larger than resources.disk, 1000 bytes");
    }

    @Test
    void anOutputsNameAndAColumnsTypeAreChecked() {
        assertThat(failure("sluice._append('{\"value\":\"a-b\",\"data\":1}')"))
                .contains("output \"a-b\": expected a name of letters, digits and _");
        bench = new Bench(root.resolve("2"), "python");
        assertThat(failure("sluice.table('t', [{'a': 1}], columns={'a': \"BIGINT'); DROP\"})"))
                .contains(
                        "table \"t\": column \"a\" has the type BIGINT'); DROP (expected: BOOLEAN");
    }

    @Test
    void declaredOutputsAreChecked() {
        bench.declares(Map.of("auc", "number", "features", "table"));
        assertThat(failure("sluice.value(auc=1)"))
                .isEqualTo(
                        "output \"features\" is declared as table but the code did not make it"
                                + " (it made: auc)");
        bench = new Bench(root.resolve("2"), "python");
        bench.declares(Map.of("auc", "number"));
        assertThat(failure("sluice.value(auc='high')"))
                .isEqualTo("output \"auc\" is declared as number but the code made a string");
    }

    @Test
    void anUndeclaredOutputIsDroppedAndTold() throws Exception {
        bench.declares(Map.of("auc", "number"));
        assertThat(bench.script("import sluice\nsluice.value(auc=1, other=2)\n").run())
                .containsOnly(Map.entry("auc", Value.of(1)));
        assertThat(bench.context.lines())
                .containsExactly(
                        "sluice: output \"other\" is dropped: the task's `outputs:` does not name it");
    }

    @Test
    void aHostileControlChannelIsPassedOver() throws Exception {
        bench.script(
                        """
                        import os, sluice
                        for junk in (b"\\xff\\xfe\\n", b"[" * 5000 + b"\\n", b"{}\\n", b"null\\n",
                                     b'{"progress": "x", "message": 3}\\n',
                                     b'{"progress": 9, "message": "\\\\u001b[2Jhi"}\\n',
                                     b'{"metric": "a b", "value": 1}\\n', b'{"metric": "a", "value": "1"}\\n',
                                     b"x" * 100_000 + b"\\n"):
                            os.write(3, junk)
                        sluice.metric(ok=1)
                        """)
                .run();
        assertThat(bench.context.metrics()).containsExactly(Map.entry("ok", 1.0));
        assertThat(bench.context.progress()).containsExactly("NaN ", "1.0 hi");
    }

    @Test
    void longLinesAreCutAndWhatDrivesTerminalsIsTakenOut() throws Exception {
        bench.script(
                        """
                        import sys
                        sys.stdout.write("è" * 20_000 + "\\n")
                        sys.stdout.buffer.write(b"a\\xffb\\x1b[31mred\\x1b[0m\\x07\\r\\n\\n50%\\r100%\\nend")
                        """)
                .run();
        assertThat(bench.context.lines().stream().map(l -> l.replaceAll("è{100}", "C")))
                .containsExactly(
                        "C".repeat(81) + "è".repeat(92),
                        "C".repeat(81) + "è".repeat(92),
                        "C".repeat(36) + "è".repeat(16),
                        "a\uFFFDbred\uFFFD",
                        "",
                        "50%",
                        "100%",
                        "end");
    }

    @Test
    void aFloodIsCountedAndTold() throws Exception {
        bench.script("print(('x' * 1023 + '\\n') * (20 << 10), end='')\n").run();
        List<String> lines = bench.context.lines();
        assertThat(lines.size()).isEqualTo((16 << 10) + 1);
        assertThat(lines.getLast())
                .isEqualTo("sluice: 4194304 bytes of output beyond 16777216 were dropped");
    }

    @Test
    void aLimitIsToldAsTheReason() {
        bench.context.remaining(Duration.ofMillis(300));
        assertThat(failure("import time; time.sleep(60)"))
                .isEqualTo("wall time limit PT0.3S exceeded (task.py)");
        assertThat(bench.sandbox.last().limits().memoryBytes()).isEqualTo(1L << 30);
    }
}
