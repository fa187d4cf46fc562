package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.model.Value.Column;
import dev.sluice.sandbox.jail.Jail;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code tasks in the sandbox that they run in by default. */
class JailedTest {
    private static Jail jail;

    @TempDir Path root;

    @BeforeAll
    static void open() throws InterruptedException {
        switch (Jail.open(null)) {
            case Jail.Opened.Usable(Jail usable) -> jail = usable;
            case Jail.Opened.Unusable(String reason, _) -> {
                System.err.println("SKIPPED: no jail on this machine: " + reason);
                Assumptions.abort(reason);
            }
        }
    }

    private Bench bench(String type) {
        Bench bench = new Bench(root.resolve(type + System.nanoTime()), type);
        bench.context.sandbox(jail);
        return bench.table("clean", List.of(new Column("a", "BIGINT")), "{\"a\":1}", "{\"a\":2}")
                .file("samples", "samples.csv", "x\ny\n");
    }

    @Test
    void pythonReadsItsInputsAndWritesItsOutputs() throws Exception {
        Bench bench = bench("python");
        Map<String, Value> outputs =
                bench.script(
                                """
                                import sluice
                                with open(sluice.path("samples")) as f, open(sluice.file("copy.csv"), "w") as g:
                                    g.write(f.read())
                                sluice.table("out", sluice.rows("clean"))
                                sluice.progress(0.5, "half")
                                sluice.metric(loss=0.25)
                                sluice.value(n=2)
                                print("done")
                                """)
                        .run();
        assertThat(bench.text(outputs.get("copy"))).isEqualTo("x\ny\n");
        assertThat(bench.rows(outputs.get("out"))).containsExactly("{\"a\":1}", "{\"a\":2}");
        assertThat(outputs).containsEntry("n", Value.of(2));
        assertThat(bench.context.progress()).containsExactly("0.5 half");
        assertThat(bench.context.metrics()).containsEntry("loss", 0.25);
        assertThat(bench.context.lines()).containsExactly("done");
    }

    @Test
    void nodeReadsItsInputsAndWritesItsOutputs() throws Exception {
        Bench bench = bench("node");
        Map<String, Value> outputs =
                bench.script(
                                """
                                sluice.table("out", sluice.rows("clean"));
                                sluice.progress(0.5, "half");
                                """)
                        .run();
        assertThat(bench.rows(outputs.get("out"))).containsExactly("{\"a\":1}", "{\"a\":2}");
        assertThat(bench.context.progress()).containsExactly("0.5 half");
    }

    @Test
    void shellReadsItsInputsAndWritesItsOutputs() throws Exception {
        Bench bench = bench("shell");
        Map<String, Value> outputs =
                bench.script("sort -r $SLUICE_IN/clean.ndjson > $SLUICE_OUT/out.ndjson\n").run();
        assertThat(bench.rows(outputs.get("out"))).containsExactly("{\"a\":2}", "{\"a\":1}");
    }

    @Test
    void nothingElseCanBeReadAndNothingGivenCanBeChanged() throws Exception {
        Path secret = Files.writeString(root.resolve("secret"), "key");
        Bench bench = bench("python");
        Map<String, Value> outputs =
                bench.script(
                                """
                                import os, sluice
                                refused = []
                                def attempt(name, do):
                                    try: do()
                                    except OSError: refused.append(name)
                                attempt("read", lambda: open("%s").read())
                                attempt("write an input", lambda: open(sluice.path("samples"), "a"))
                                attempt("write the script", lambda: open(__file__, "a"))
                                attempt("write the manifest", lambda: open(os.environ["SLUICE_MANIFEST"], "a"))
                                attempt("replace out", lambda: os.rename(os.environ["SLUICE_OUT"], "x"))
                                attempt("network", lambda: __import__("socket").create_connection(("127.0.0.1", 1)))
                                sluice.value(refused=refused)
                                """
                                        .formatted(secret))
                        .run();
        assertThat(outputs.get("refused").toJava())
                .isEqualTo(
                        List.of(
                                "read",
                                "write an input",
                                "write the script",
                                "write the manifest",
                                "replace out",
                                "network"));
    }

    @Test
    void limitsAreToldAsTheReason() {
        Bench slow = bench("python").script("while True: pass\n");
        slow.context.remaining(Duration.ofMillis(500));
        assertThat(slow.fails().getMessage()).contains("limit").endsWith("(task.py)");

        Bench greedy =
                bench("python").script("x = b'x' * (600 << 20)\nimport time; time.sleep(5)\n");
        greedy.context.resources(new Resources(1, 128 << 20, 1 << 30, 0));
        assertThat(greedy.fails().getMessage()).containsIgnoringCase("memory");
    }

    @Test
    void anErrorInTheJailHasItsLine() {
        assertThat(bench("python").script("\n1 / 0\n").fails())
                .hasMessage("ZeroDivisionError: division by zero (task.py:2)");
        assertThat(bench("node").script("\nnull.x\n").fails())
                .hasMessage("TypeError: Cannot read properties of null (reading 'x') (task.js:2)");
    }
}
