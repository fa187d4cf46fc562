package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known before the code runs, and what the sandbox is asked for. */
class CodeTaskTest {
    private final TaskType python = Bench.type("python", Bench::find);

    private static Node.Map config(Object... keysAndValues) {
        List<Node.Entry> entries = new ArrayList<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Mark mark = new Mark(i + 1, 1);
            Node value =
                    keysAndValues[i + 1] instanceof Node node
                            ? node
                            : new Node.Scalar(
                                    mark,
                                    Value.ofJava(keysAndValues[i + 1]),
                                    keysAndValues[i + 1].toString(),
                                    true);
            entries.add(new Node.Entry(mark, (String) keysAndValues[i], value));
        }
        return new Node.Map(Mark.START, entries);
    }

    private List<String> problems(Node.Map config) {
        return python.shape(config).problems().stream().map(Problem::message).toList();
    }

    @Test
    void exactlyOneOfScriptAndFileIsWanted() {
        assertThat(problems(config()))
                .containsExactly("python: neither `script` nor `file` (expected: one of them)");
        TaskType.Shape both = python.shape(config("script", "x", "file", "y"));
        assertThat(both.problems())
                .containsExactly(
                        new Problem(
                                new Mark(3, 1),
                                "python: both `script` and `file` (expected: one of them); remove one"));
    }

    @Test
    void declaredOutputsCloseTheShape() {
        TaskType.Shape open = python.shape(config("script", "x"));
        assertThat(open.open()).isTrue();
        assertThat(open.outputs()).isEmpty();
        TaskType.Shape closed =
                python.shape(
                        config("script", "x", "outputs", config("t", "table", "auc", "number")));
        assertThat(closed.open()).isFalse();
        assertThat(closed.outputs())
                .isEqualTo(Map.of("t", ValueType.TABLE, "auc", ValueType.NUMBER));
        assertThat(closed.problems()).isEmpty();
    }

    @Test
    void wrongOutputsAndVariablesAreProblems() {
        assertThat(
                        problems(
                                config(
                                        "script",
                                        "x",
                                        "outputs",
                                        config("a-b", "table", "c", "frame"),
                                        "env",
                                        config("SLUICE_OUT", "x", "A B", "x", "OK", "x"))))
                .containsExactlyInAnyOrder(
                        "env: \"SLUICE_OUT\" (expected: a name of letters, digits and _ that does not"
                                + " begin with SLUICE_)",
                        "env: \"A B\" (expected: a name of letters, digits and _ that does not begin with"
                                + " SLUICE_)",
                        "outputs: \"a-b\" (expected: a name of letters, digits and _, at most 63)",
                        "outputs: c: \"frame\" (expected: one of string, integer, number, boolean, list,"
                                + " map, file, table, any)");
    }

    @Test
    void theSandboxIsAskedForTheTasksResources(@TempDir Path root) throws Exception {
        Bench bench =
                new Bench(root, "python")
                        .script("import sluice")
                        .table("t", List.of(new Value.Column("a", "BIGINT")), "{\"a\":1}");
        bench.context
                .resources(new Resources(1.5, 300 << 20, 200 << 20, 0))
                .remaining(Duration.ofSeconds(9));
        bench.run();
        var launch = bench.sandbox.last();
        assertThat(launch.limits().memoryBytes()).isEqualTo(300 << 20);
        assertThat(launch.limits().diskBytes()).isEqualTo(200 << 20);
        assertThat(launch.limits().wallTime()).isEqualTo(Duration.ofSeconds(9));
        assertThat(launch.limits().cpuTime()).isEqualTo(Duration.ofSeconds(18));
        assertThat(launch.env())
                .containsEntry("OMP_NUM_THREADS", "2")
                .containsEntry("PATH", "/usr/bin:/bin")
                .doesNotContainKey("USER");
        assertThat(launch.readWrite())
                .containsExactly(root.resolve("work/out"), root.resolve("work/tmp"));
        assertThat(launch.readOnly())
                .contains(
                        root.resolve("work/code"),
                        root.resolve("work/in"),
                        bench.context.path((Value.Artifact) bench.context.inputs().get("t")));
    }

    @Test
    void anInputsNameCannotLeadOutOfItsFolderNorOntoAnArtifact(@TempDir Path root)
            throws Exception {
        Bench bench =
                new Bench(root, "shell").file("../../secret", "a.txt", "x").file("...", "b", "y");
        bench.script("ls -A $SLUICE_IN; cat $SLUICE_IN/*").run();
        assertThat(bench.context.lines()).containsExactly("_...", "_.._.._secret.txt", "yx");

        Bench colliding = new Bench(root.resolve("2"), "shell").file("t.ndjson", "plain", "sealed");
        colliding.table("t", List.of(new Value.Column("a", "BIGINT")), "{\"a\":1}").script("true");
        assertThat(colliding.fails())
                .hasMessage(
                        "input \"t\": another input is already there as the file t.ndjson; rename one of"
                                + " them");
        assertThat(colliding.text(colliding.context.inputs().get("t.ndjson"))).isEqualTo("sealed");
    }

    @Test
    void gpusAreRefused(@TempDir Path root) {
        Bench bench = new Bench(root, "python").script("pass");
        bench.context.resources(new Resources(1, 1 << 30, 1 << 30, 2));
        assertThat(bench.fails()).hasMessageStartingWith("resources.gpu: 2: ");
    }

    @Test
    void aMissingFileIsToldBeforeAnythingRuns(@TempDir Path root) {
        Bench bench = new Bench(root, "python");
        bench.context.with("file", "gone.py");
        assertThat(bench.fails()).hasMessageContaining("file \"gone.py\" does not exist");
    }

    @Test
    void theFingerprintFollowsTheCodeAndTheInterpreter(@TempDir Path root) throws Exception {
        Bench bench = new Bench(root, "python");
        bench.context.with("file", "a.py");
        bench.context.flowFile("a.py", "x = 1");
        TaskType other =
                Bench.type("python", name -> new Interpreter(Path.of("/p"), "9.9", List.of()));
        String first = python.fingerprint(bench.context);
        assertThat(python.fingerprint(bench.context)).isEqualTo(first);
        assertThat(other.fingerprint(bench.context)).isNotEqualTo(first);
        bench.context.flowFile("a.py", "x = 2");
        assertThat(python.fingerprint(bench.context)).isNotEqualTo(first);
    }

    @Test
    void aMissingInterpreterIsTold(@TempDir Path root) {
        TaskType none =
                Bench.type(
                        "python",
                        _ -> {
                            throw TaskException.terminal("no python3: apt-get install python3");
                        });
        Bench bench = new Bench(root, "python").script("pass");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> none.run(bench.context))
                .hasMessage("no python3: apt-get install python3");
    }
}
