package dev.sluice.tasks.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.ApprovalForm;
import dev.sluice.model.FlowId;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlTasksTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir Path folder;

    private final Map<String, TaskType> types =
            ControlTasks.types(InstantSource.fixed(NOW)).stream()
                    .collect(java.util.stream.Collectors.toMap(TaskType::name, t -> t));

    @Test
    void theKeysOfAValueAreItsOutputs() throws Exception {
        Value.MapOf value = map("rate", Value.of(3), "name", Value.of("x"));

        assertThat(run("value", "value", value)).isEqualTo(new Outcome.Succeeded(value.entries()));
    }

    @Test
    void theTypesOfLiteralsAreKnownBeforeAnythingRuns() {
        TaskType.Shape shape =
                shape(
                        "value",
                        "value",
                        Map.of(
                                "n",
                                3,
                                "x",
                                0.5,
                                "ok",
                                true,
                                "s",
                                "a",
                                "list",
                                List.of(1),
                                "map",
                                Map.of("a", 1),
                                "late",
                                "${{ inputs.x }}",
                                "mixed",
                                "a ${{ inputs.x }}"));

        assertThat(shape.open()).isFalse();
        assertThat(shape.outputs())
                .containsEntry("n", ValueType.INTEGER)
                .containsEntry("x", ValueType.NUMBER)
                .containsEntry("ok", ValueType.BOOLEAN)
                .containsEntry("s", ValueType.STRING)
                .containsEntry("list", ValueType.LIST)
                .containsEntry("map", ValueType.MAP)
                .containsEntry("late", ValueType.ANY)
                .containsEntry("mixed", ValueType.STRING);
    }

    @Test
    void aValueMadeOfOneExpressionHasOutputsKnownOnlyAtRunTime() {
        assertThat(shape("value", "value", "${{ inputs.all }}").open()).isTrue();
    }

    @Test
    void aWaitEndsAfterItsSpan() throws Exception {
        assertThat(run("wait", "for", Value.of("1m30s")))
                .isEqualTo(
                        new Outcome.WaitUntil(
                                NOW.plusSeconds(90).toEpochMilli() * 1000,
                                Map.of("waited_until", Value.of("2026-03-01T10:01:30.000000Z"))));
    }

    @Test
    void aWaitEndsAtItsInstantInAnyOffset() throws Exception {
        assertThat(run("wait", "until", Value.of("2026-03-01T12:00:00+01:00")))
                .isInstanceOfSatisfying(
                        Outcome.WaitUntil.class,
                        w ->
                                assertThat(w.epochMicros())
                                        .isEqualTo(NOW.plusSeconds(3600).toEpochMilli() * 1000));
    }

    @Test
    void everyFormOfASpanIsRead() throws Exception {
        assertThat(WaitTask.span("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(WaitTask.span("2s")).isEqualTo(Duration.ofSeconds(2));
        assertThat(WaitTask.span("1m")).isEqualTo(Duration.ofMinutes(1));
        assertThat(WaitTask.span("3h")).isEqualTo(Duration.ofHours(3));
        assertThat(WaitTask.span("1.5h")).isEqualTo(Duration.ofMinutes(90));
        assertThat(WaitTask.span("1d2h3m4s5ms")).isEqualTo(Duration.parse("P1DT2H3M4.005S"));
    }

    @Test
    void aSpanThatIsNoneIsRefused() {
        for (String bad : List.of("", "5", "s", "1s2", "-1s", "1 s", "4000d", "1.h")) {
            assertThatThrownBy(() -> WaitTask.span(bad))
                    .as(bad)
                    .isInstanceOf(TaskException.class)
                    .hasMessageContaining("\"" + bad + "\" (expected:");
        }
    }

    @Test
    void aWaitHasExactlyOneEnd() {
        assertThat(messages(shape("wait"))).singleElement().asString().contains("neither");
        assertThat(messages(shape("wait", "for", "1s", "until", "2026-03-02T00:00:00Z")))
                .singleElement()
                .asString()
                .contains("both");
        assertThat(messages(shape("wait", "for", "soon")))
                .singleElement()
                .asString()
                .contains("soon");
        assertThat(messages(shape("wait", "until", "tomorrow")))
                .singleElement()
                .asString()
                .contains("RFC 3339");
        assertThat(messages(shape("wait", "for", "${{ inputs.pause }}"))).isEmpty();
    }

    @Test
    void aFailureCarriesItsMessageAndIsNotTriedAgain() {
        assertThatThrownBy(() -> run("fail", "message", Value.of("no rows left")))
                .isInstanceOfSatisfying(
                        TaskException.class,
                        e -> {
                            assertThat(e).hasMessage("no rows left");
                            assertThat(e.isRetryable()).isFalse();
                        });
    }

    @Test
    void anApprovalAsksItsForm() throws Exception {
        Value.MapOf form =
                map(
                        "reason",
                        Value.of("string"),
                        "limit",
                        map("type", Value.of("integer"), "default", Value.of(5)));

        Outcome outcome =
                run(
                        "approval",
                        "form",
                        form,
                        "assignees",
                        new Value.ListOf(List.of(Value.of("ana"))));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Ask.class,
                        ask -> {
                            ApprovalForm asked = ApprovalForm.of(ask.form());
                            assertThat(asked.title()).isEqualTo("task");
                            assertThat(asked.assignees()).containsExactly("ana");
                            assertThat(asked.fields()).containsOnlyKeys("reason", "limit");
                        });
    }

    @Test
    void anApprovalsOutputsAreKnownFromItsForm() {
        TaskType.Shape shape =
                shape(
                        "approval",
                        "form",
                        Map.of("reason", "string", "limit", Map.of("type", "integer")));

        assertThat(shape.problems()).isEmpty();
        assertThat(shape.outputs())
                .containsEntry("approved", ValueType.BOOLEAN)
                .containsEntry("by", ValueType.STRING)
                .containsEntry("reason", ValueType.STRING)
                .containsEntry("limit", ValueType.INTEGER);
    }

    @Test
    void aFormsMistakesAreToldFromItsText() {
        assertThat(messages(shape("approval", "form", Map.of("reason", "sting"))))
                .singleElement()
                .asString()
                .contains("sting", "string");
        assertThat(
                        messages(
                                shape(
                                        "approval",
                                        "form",
                                        Map.of(
                                                "n",
                                                Map.of(
                                                        "type",
                                                        "integer",
                                                        "default",
                                                        "${{ inputs.n }}")))))
                .isEmpty();
    }

    @Test
    void aFlowTaskDelegates() throws Exception {
        Value.MapOf with = map("day", Value.of("2026-01-01"));

        assertThat(run("flow", "flow", Value.of("daily"), "version", Value.of(2), "with", with))
                .isEqualTo(new Outcome.Delegate(new FlowId("daily"), 2, with.entries()));
        assertThat(run("flow", "flow", Value.of("daily")))
                .isEqualTo(new Outcome.Delegate(new FlowId("daily"), null, Map.of()));
        assertThat(shape("flow", "flow", "daily").open()).isTrue();
        assertThat(messages(shape("flow", "flow", "Not An Id"))).hasSize(1);
        assertThat(messages(shape("flow", "flow", "daily", "version", 0))).hasSize(1);
    }

    @Test
    void onlyValuesAreRepeatable() {
        assertThat(types.values().stream().filter(TaskType::repeatable).map(TaskType::name))
                .containsExactly("value");
    }

    private Outcome run(String type, Object... config) throws Exception {
        FakeTaskContext context = new FakeTaskContext(folder);
        for (int i = 0; i < config.length; i += 2) {
            context.with((String) config[i], (Value) config[i + 1]);
        }
        return types.get(type).run(context);
    }

    private TaskType.Shape shape(String type, Object... config) {
        List<Node.Entry> entries = new ArrayList<>();
        for (int i = 0; i < config.length; i += 2) {
            entries.add(new Node.Entry(Mark.START, (String) config[i], node(config[i + 1])));
        }
        return types.get(type).shape(new Node.Map(Mark.START, entries));
    }

    private static Node node(Object java) {
        return switch (java) {
            case Map<?, ?> m ->
                    new Node.Map(
                            Mark.START,
                            m.entrySet().stream()
                                    .map(e ->
                                            new Node.Entry(
                                                    Mark.START,
                                                    (String) e.getKey(),
                                                    node(e.getValue())))
                                    .toList());
            case List<?> l ->
                    new Node.Seq(Mark.START, l.stream().map(ControlTasksTest::node).toList());
            default -> new Node.Scalar(Mark.START, Value.ofJava(java), String.valueOf(java), true);
        };
    }

    private static Value.MapOf map(Object... entries) {
        Map<String, Value> map = new java.util.LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], (Value) entries[i + 1]);
        }
        return new Value.MapOf(map);
    }

    private static List<String> messages(TaskType.Shape shape) {
        return shape.problems().stream().map(Problem::message).toList();
    }
}
