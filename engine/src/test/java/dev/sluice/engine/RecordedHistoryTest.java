package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.OnItemFailure;
import dev.sluice.model.Outcome;
import dev.sluice.model.RetryPolicy;
import dev.sluice.model.RunId;
import dev.sluice.model.RunIf;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Histories that earlier releases wrote must fold to the same state for ever. A new release adds a
 * file: play {@link #script} with {@code -Dsluice.record=FILE} and keep what it writes; the files
 * that are there are never changed.
 */
class RecordedHistoryTest {
    private static final List<String> RECORDED = List.of("0.1.txt");

    @Test
    void everyRecordedHistoryFoldsToTheStateItHad() throws IOException {
        for (String name : RECORDED) {
            List<String> lines = read(name);
            RunFold run = empty();
            for (String line : lines.subList(1, lines.size())) {
                EventCodec.decode(HexFormat.of().parseHex(line)).forEach(run::apply);
            }
            assertThat(summary(run)).as(name).isEqualTo(lines.getFirst());
        }
    }

    @Test
    void theScriptStillDecidesTheSameEvents() throws IOException {
        List<String> written = script();
        String target = System.getProperty("sluice.record");
        if (target != null) {
            Files.write(Path.of(target), written);
        }
        assertThat(written).isEqualTo(read(RECORDED.getLast()));
    }

    private static List<String> read(String name) throws IOException {
        try (InputStream in = RecordedHistoryTest.class.getResourceAsStream("/histories/" + name)) {
            assertThat(in).as(name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static RunFold empty() {
        return new RunFold(
                new RunIdentity(TenantId.DEFAULT, new RunId(77), new FlowId("recorded"), 3),
                plan());
    }

    private static Plan plan() {
        Plan.Foreach foreach =
                new Plan.Foreach(
                        _ -> new Value.ListOf(List.of(Value.of(1), Value.of(2), Value.of(3))),
                        2,
                        OnItemFailure.CONTINUE);
        List<Plan.Task> tasks =
                List.of(
                        task(0, new int[] {}, new int[] {1, 2}, null, null),
                        task(
                                1,
                                new int[] {0},
                                new int[] {3},
                                foreach,
                                scope -> Value.of(scope.index() != 1)),
                        task(2, new int[] {0}, new int[] {3}, null, scope -> Value.of(true)),
                        task(3, new int[] {1, 2}, new int[] {4}, null, null),
                        task(4, new int[] {3}, new int[] {}, null, null));
        Map<String, Expression> outputs = new LinkedHashMap<>();
        outputs.put("last", scope -> scope.task("t4").outputs().getOrDefault("v", Value.Null.NULL));
        return new Plan(new FlowId("recorded"), tasks, outputs, Duration.ofHours(1));
    }

    private static Plan.Task task(
            int index, int[] needs, int[] successors, Plan.Foreach foreach, Expression when) {
        return new Plan.Task(
                index,
                "t" + index,
                "fake",
                needs,
                successors,
                when,
                foreach != null,
                RunIf.SUCCESS,
                false,
                new RetryPolicy(2, Duration.ofSeconds(1), true, Duration.ofMinutes(1)),
                null,
                foreach,
                List.of("v"));
    }

    /** A run with most kinds of events: the state it comes to, then the payload of each commit. */
    private static List<String> script() {
        RunFold run = empty();
        List<String> payloads = new ArrayList<>();
        List<Value> kinds =
                List.of(Value.of(true), Value.of(1.5), Value.of("ü"), Value.Null.NULL, table());
        Value.MapOf trigger = new Value.MapOf(Map.of("kind", Value.of("test")));
        List<Command> commands =
                List.of(
                        new Command.Submit(
                                Map.of("in", new Value.ListOf(kinds)),
                                trigger,
                                "/flows",
                                "ann",
                                5,
                                null,
                                0,
                                true,
                                Map.of(),
                                null),
                        new Command.Start(),
                        ended(0, -1, 1, new Outcome.Failed("no luck", true)),
                        new Command.TimerDue(0, -1, 1),
                        ended(0, -1, 2, new Outcome.Succeeded(Map.of("v", Value.of(-9)))),
                        ended(1, 0, 1, new Outcome.Succeeded(Map.of("v", table()))),
                        ended(2, -1, 1, new Outcome.Reused(Map.of("v", Value.of(4)), new RunId(5))),
                        new Command.AttemptsLost(true),
                        new Command.Pause("ann"),
                        ended(1, 2, 2, new Outcome.Succeeded(Map.of("v", Value.of(1)))),
                        new Command.Resume("ann"),
                        ended(1, 2, 2, new Outcome.Succeeded(Map.of("v", Value.of(1)))),
                        ended(1, RunEvent.GATHER, 1, new Outcome.Succeeded(Map.of("v", table()))),
                        measured(
                                3,
                                new Outcome.Delegate(
                                        new FlowId("child"), 2, Map.of("x", Value.of(1)))),
                        new Command.ChildEnded(3, -1, 1, Map.of("v", Value.of(6)), null),
                        ended(4, -1, 1, new Outcome.Failed("never", false)),
                        new Command.Resume("ben"),
                        ended(
                                4,
                                -1,
                                2,
                                new Outcome.Ask(
                                        new Value.MapOf(Map.of("title", Value.of("sure?"))))),
                        new Command.Answer(4, -1, "cara", Map.of("v", Value.of(true))));
        long now = 1_700_000_000_000_000L;
        for (Command command : commands) {
            now += 2_000_001;
            if (Engine.decide(run, command, now) instanceof Decision.Accepted a
                    && !a.events().isEmpty()) {
                payloads.add(HexFormat.of().formatHex(EventCodec.encode(a.events())));
            }
        }
        payloads.addFirst(summary(run));
        return payloads;
    }

    /** What a user would see, in words that later releases can still say. */
    private static String summary(RunFold run) {
        RunView view = RunViews.of(run, 0);
        StringBuilder text =
                new StringBuilder(view.state() + " " + new Value.MapOf(view.outputs()).canonical());
        for (RunView.TaskView task : view.tasks()) {
            text.append(' ').append(task.path()).append('=').append(task.state());
            text.append('/').append(task.attempts()).append('/').append(task.endedMicros());
            text.append(new Value.MapOf(task.outputs()).canonical()).append(task.metrics());
        }
        return text.toString();
    }

    private static Command measured(int task, Outcome outcome) {
        return new Command.AttemptEnded(task, -1, 1, outcome, Map.of("auc", 0.5));
    }

    private static Command ended(int task, int item, int attempt, Outcome outcome) {
        return new Command.AttemptEnded(task, item, attempt, outcome);
    }

    private static Value table() {
        return new Value.Artifact(
                Digest.of(new byte[] {7}),
                12,
                Value.Artifact.PARQUET,
                "t.parquet",
                new Value.TableInfo(List.of(new Value.Column("a", "DECIMAL(18,2)")), 3));
    }
}
