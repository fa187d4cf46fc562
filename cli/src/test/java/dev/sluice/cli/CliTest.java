package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    @TempDir Path folder;
    private Commands commands;

    @BeforeEach
    void flow() throws Exception {
        Files.writeString(folder.resolve("flow.yaml"), "id: sample\n");
        Files.writeString(folder.resolve("bad.yaml"), "wrong\n");
        Files.createDirectory(folder.resolve("data"));
        Map<String, Value> outputs = new LinkedHashMap<>();
        outputs.put("auc", Value.of(0.83));
        outputs.put("rows", Samples.TABLE);
        commands =
                new Commands(
                        new FakeWorkspace(
                                Samples.run(
                                        RunState.SUCCEEDED,
                                        outputs,
                                        Samples.task("a", TaskState.SUCCEEDED))),
                        folder);
    }

    @Test
    void aRunPrintsItsResultOnStdoutAndItsProgressOnStderr() {
        commands.workspace.preview =
                List.of(
                        new Value.MapOf(Map.of("name", Value.of("x"), "amount", Value.of(7))),
                        new Value.MapOf(
                                Map.of("name", Value.of("\u001b[2J"), "amount", Value.Null.NULL)));

        assertThat(commands.run("run", "flow.yaml", "-i", "n=4", "-i", "file=in.csv")).isZero();

        assertThat(commands.out())
                .isEqualTo(
                        """
                        Run RUN of sample, version 2: ✔ succeeded in 2.3 s
                        auc  0.83
                        rows  12 rows, 2 columns, 1.2 kB
                          name       amount
                          VARCHAR    BIGINT
                          x               7
                          \\u001b[2J       ∅
                          + 10 more rows
                          file:///data/results/table.parquet
                        """
                                .replace("RUN", Samples.RUN.toString()));
        assertThat(commands.err()).contains("Run " + Samples.RUN + " of sample, version 1");
        assertThat(commands.workspace.asked)
                .anyMatch(asked -> asked.contains("n=Int[value=4]"))
                .anyMatch(asked -> asked.contains(folder.resolve("in.csv").toString()));
    }

    @Test
    void withJsonStdoutHoldsOneObjectAndNothingElse() {
        assertThat(commands.run("run", "flow.yaml", "--json")).isZero();
        assertThat(commands.out().lines()).hasSize(1);
        Value.MapOf run = (Value.MapOf) ValueJson.parse(commands.out());
        assertThat(run.entries().keySet())
                .startsWith("run", "flow", "version", "state", "durationMillis");
        assertThat(commands.out())
                .contains("\"durationMillis\":2345.600,")
                .contains("\"startedAt\":\"2023-11-14T22:13:20.000000Z\"")
                .contains("\"endedAt\":\"2023-11-14T22:13:21.500000Z\"");
    }

    @Test
    void mistakesOfAFlowAreToldWithTheirPlaceAndCannotSteerTheTerminal() {
        assertThat(commands.run("run", "bad.yaml")).isEqualTo(2);
        assertThat(commands.err()).isEqualTo("bad.yaml:2:5: task \"a\": unknown key \\u001b[31m\n");
        assertThat(commands.run("validate", "flow.yaml", "bad.yaml")).isEqualTo(2);
        assertThat(commands.err()).startsWith("bad.yaml:2:5: ").endsWith("1 mistake\n");
        assertThat(commands.workspace.asked).isEmpty();
    }

    @Test
    void aFailedRunEndsWithOneAndTellsWhatToDo() {
        commands.workspace.view =
                Samples.run(RunState.FAILED, Map.of(), Samples.task("b", TaskState.FAILED));
        assertThat(commands.run("run", "flow.yaml", "--data", "my data")).isEqualTo(1);
        assertThat(commands.err())
                .contains("✘ b: it broke")
                .contains("./sluice runs logs " + Samples.RUN + " b --data 'my data'")
                .contains("./sluice runs resume " + Samples.RUN);
    }

    @Test
    void aCancelledRunEndsWithOneHundredAndThirty() {
        commands.workspace.view = Samples.run(RunState.CANCELLED, Map.of());
        assertThat(commands.run("run", "flow.yaml")).isEqualTo(130);
    }

    @Test
    void aHeldDataDirectoryEndsWithThreeAndSaysWhoHoldsIt() {
        commands.holder = "held by process 7";
        assertThat(commands.run("run", "flow.yaml")).isEqualTo(3);
        assertThat(commands.err()).contains("held by process 7");
    }

    @Test
    void wrongArgumentsEndWithTwoAndNameTheNearestRightOne() {
        assertThat(commands.run("run", "flow.yaml", "--jsn")).isEqualTo(2);
        assertThat(commands.err()).contains("--json");
        assertThat(commands.run("runn")).isEqualTo(2);
        assertThat(commands.err()).contains("run");
        assertThat(commands.run("run")).isEqualTo(2);
        assertThat(commands.run("run", "nowhere.yaml")).isEqualTo(2);
        assertThat(commands.err()).isEqualTo("sluice: nowhere.yaml: there is no such file\n");
        assertThat(commands.run("runs", "show", "xyz")).isEqualTo(2);
        assertThat(commands.run("runs")).isEqualTo(2);
    }

    @Test
    void aWrongInputIsRefusedBeforeAnythingIsSaved() {
        assertThat(commands.run("run", "flow.yaml", "-i", "n=four")).isEqualTo(2);
        assertThat(commands.err()).contains("-i n=four (expected: an integer, such as 42)");
        assertThat(commands.run("run", "flow.yaml", "-i", "m=4")).isEqualTo(2);
        assertThat(commands.err()).contains("no such input (expected: n, file, list)");
        assertThat(commands.run("run", "flow.yaml", "-i", "list={}")).isEqualTo(2);
        assertThat(commands.workspace.asked).isEmpty();
    }

    @Test
    void anUnexpectedErrorIsOneLineAndAFileWithTheRest() {
        commands.workspace.view = Samples.run(RunState.SUCCEEDED, Map.of("t", Samples.TABLE));
        commands.workspace.preview = null;
        assertThat(commands.run("run", "flow.yaml")).isEqualTo(3);
        assertThat(commands.err()).contains("sluice: an internal error: NullPointerException");
        assertThat(commands.err()).doesNotContain("\tat ");
    }

    @Test
    void everyCommandHasHelp() {
        for (String command :
                List.of("run", "validate", "graph", "runs", "approve", "flows", "artifacts")) {
            assertThat(commands.run(command, "--help")).as(command).isZero();
            assertThat(commands.out()).as(command).startsWith("Usage: sluice " + command);
        }
        assertThat(commands.run("--help")).isZero();
        assertThat(commands.out()).contains("Exit codes");
    }

    @Test
    void anApprovalIsPassedOnWithItsForm() {
        assertThat(commands.run("approve", "last", "sign", "--reject", "-f", "note=no way"))
                .isZero();
        assertThat(commands.workspace.asked)
                .anyMatch(asked ->
                        asked.startsWith("answer " + Samples.RUN + " sign -1")
                                && asked.contains("approved=Bool[value=false]")
                                && asked.contains("note=Text[value=no way]"));
    }

    @Test
    void leftoversOfACrashAreTold() {
        commands.workspace.unfinished =
                List.of(
                        new Workspace.RunLine(
                                Samples.RUN,
                                commands.workspace.view.flow(),
                                1,
                                RunState.RUNNING,
                                1,
                                1,
                                0,
                                null));
        commands.run("run", "flow.yaml");
        assertThat(commands.err()).contains("it goes on with: ./sluice runs resume " + Samples.RUN);
        assertThat(commands.run("runs", "resume")).isZero();
        assertThat(commands.workspace.asked).contains("resumeUnfinished [" + Samples.RUN + "]");
    }
}
