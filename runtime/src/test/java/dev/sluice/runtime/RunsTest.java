package dev.sluice.runtime;

import static dev.sluice.runtime.Workshop.TENANT;
import static dev.sluice.runtime.Workshop.is;
import static dev.sluice.runtime.Workshop.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsTest {
    @TempDir Path folder;

    private Workshop shop;

    @BeforeEach
    void open() throws Exception {
        shop = new Workshop(folder);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void valuesTravelAlongReferencesToTheFlowsOutputs() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: travel
                        inputs:
                          n: {type: integer, default: 20}
                        tasks:
                          a: {type: value, value: {x: "${{ inputs.n + 1 }}"}}
                          b: {type: value, value: {y: "${{ tasks.a.outputs.x * 2 }}"}}
                        outputs:
                          answer: ${{ tasks.b.outputs.y }}
                        """);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.outputs()).containsEntry("answer", Value.of(42));
    }

    @Test
    void aFailedTaskIsTriedAgainAsItsPolicySays() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: retrying
                        tasks:
                          a: {type: scripted, failures: 2, retry: {attempts: 3, delay: 10ms}}
                        """);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, "a").attempts()).isEqualTo(3);
    }

    @Test
    void aTerminalFailureIsNotTriedAgainAndFailsWhatNeedsIt() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: failing
                        tasks:
                          a: {type: scripted, failures: 9, terminal: true, retry: {attempts: 3, delay: 10ms}}
                          b: {type: value, value: {x: 1}, needs: [a]}
                          mourn: {type: value, value: {x: 1}, needs: [a], run_if: failure}
                          tidy: {type: value, value: {x: 1}, needs: [b], run_if: always}
                        """);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.error()).contains("\"a\"", "scripted to fail");
        assertThat(task(run, "a").attempts()).isEqualTo(1);
        assertThat(task(run, "b").state()).isEqualTo(TaskState.UPSTREAM_FAILED);
        assertThat(task(run, "mourn").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(task(run, "tidy").state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void whatDidNotSucceedHandsNullOn() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: nulls
                        tasks:
                          a: {type: scripted, failures: 9, terminal: true, continue_on_error: true}
                          b: {type: value, when: "${{ 1 > 2 }}", value: {x: 1}}
                          c: {type: value, value: {x: "${{ tasks.a.outputs.given }}"}}
                        outputs: {b: "${{ tasks.b.outputs.x }}", c: "${{ tasks.c.outputs.x }}"}
                        """);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.outputs())
                .containsEntry("b", Value.Null.NULL)
                .containsEntry("c", Value.Null.NULL);
    }

    @Test
    void aTimeoutInterruptsTheAttempt() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: slow
                        tasks:
                          a: {type: scripted, gate: never, timeout: 50ms}
                        """);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(task(run, "a").error()).contains("timeout");
        assertThat(shop.scripted.wasInterrupted("a")).isTrue();
    }

    @Test
    void cancelInterruptsWhatRunsAndStartsNothingMore() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: cancelled
                        tasks:
                          a: {type: scripted, gate: never}
                          b: {type: value, value: {x: 1}, needs: [a]}
                        """);
        shop.until(id, is("a", TaskState.RUNNING));
        shop.runs.cancel(TENANT, id, "test");
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
        assertThat(task(run, "a").state()).isEqualTo(TaskState.CANCELLED);
        assertThat(task(run, "b").state()).isEqualTo(TaskState.CANCELLED);
        assertThatThrownBy(() -> shop.runs.cancel(TENANT, id, "test"))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void aPausedRunStartsNothingUntilItIsResumed() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: pausing
                        tasks:
                          a: {type: scripted, gate: first}
                          b: {type: scripted, needs: [a]}
                        """);
        shop.until(id, is("a", TaskState.RUNNING));
        shop.runs.pause(TENANT, id, "test");
        shop.scripted.release("first");
        RunView paused = shop.until(id, is("a", TaskState.SUCCEEDED));
        assertThat(paused.state()).isEqualTo(RunState.PAUSED);
        assertThat(shop.scripted.attempts("b")).isZero();
        shop.runs.resume(TENANT, id, "test");
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void resumingAFailedRunKeepsWhatSucceeded() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: resumed
                        tasks:
                          a: {type: scripted, give: 5}
                          b: {type: scripted, failures: 1, needs: [a]}
                          c: {type: scripted, give: "${{ tasks.a.outputs.given }}", needs: [b]}
                        outputs: {c: "${{ tasks.c.outputs.given }}"}
                        """);
        assertThat(shop.end(id).state()).isEqualTo(RunState.FAILED);
        shop.runs.resume(TENANT, id, "test");
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.outputs()).containsEntry("c", Value.of(5));
        assertThat(shop.scripted.attempts("a")).isEqualTo(1);
        assertThat(task(run, "b").attempts()).isEqualTo(2);
    }

    @Test
    void replayReusesWhatIsNotBehindTheChosenTask() throws Exception {
        RunId first =
                shop.submit(
                        """
                        id: replayed
                        tasks:
                          a: {type: scripted, give: 1}
                          b: {type: scripted, give: 2, needs: [a]}
                          c: {type: scripted, give: 3, needs: [b]}
                        """);
        shop.end(first);
        shop.runs.saveFlow(
                TENANT,
                """
                id: replayed
                tasks:
                  a: {type: scripted, give: 1}
                  b: {type: scripted, give: 20, needs: [a]}
                  c: {type: scripted, give: 30, needs: [b]}
                """,
                folder,
                "test");
        RunId second = shop.runs.replay(TENANT, first, "b", 2, "test");
        RunView run = shop.end(second);
        assertThat(run.version()).isEqualTo(2);
        assertThat(task(run, "a").state()).isEqualTo(TaskState.CACHED);
        assertThat(task(run, "a").reusedFrom()).isEqualTo(first);
        assertThat(task(run, "b").outputs()).containsEntry("given", Value.of(20));
        assertThat(shop.scripted.attempts("a")).isEqualTo(1);
        assertThatThrownBy(() -> shop.runs.replay(TENANT, first, "nope", null, "test"))
                .hasMessageContaining("nope");
    }

    @Test
    void aCacheHitIsTakenWhenConfigAndInputsAreEqual() throws Exception {
        String text =
                """
                id: cached
                tasks:
                  a: {type: scripted, give: 7, cache: true}
                """;
        RunView first = shop.run(text);
        RunView second = shop.run(text);
        assertThat(task(second, "a").state()).isEqualTo(TaskState.CACHED);
        assertThat(task(second, "a").reusedFrom()).isEqualTo(first.run());
        assertThat(shop.scripted.attempts("a")).isEqualTo(1);
        RunView other = shop.run(text.replace("7", "8"));
        assertThat(task(other, "a").state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void foreachGathersItsItemsOutputsInOrder() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: each
                        tasks:
                          a:
                            type: value
                            foreach: [3, 1, 2]
                            when: ${{ item != 1 }}
                            value: {sq: "${{ item * item }}", at: "${{ index }}"}
                        """);
        assertThat(run.state()).as(String.valueOf(run.error())).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, "a").outputs().get("sq").toJava())
                .isEqualTo(java.util.Arrays.asList(9L, null, 4L));
        assertThat(task(run, "a").items()).isEqualTo(new RunView.Items(3, 0, 2, 0, 1));
    }

    @Test
    void foreachOverAHundredThousandItemsEnds() throws Exception {
        List<Value> items =
                java.util.stream.LongStream.range(0, 100_000).mapToObj(Value::of).toList();
        RunId id =
                shop.submit(
                        """
                        id: many
                        inputs: {items: {type: list}}
                        tasks:
                          a: {type: value, foreach: "${{ inputs.items }}", value: {x: "${{ item }}"}}
                        """,
                        Map.of("items", new Value.ListOf(items)),
                        null);
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, "a").items().succeeded()).isEqualTo(100_000);
    }

    @Test
    void aSubFlowHandsItsOutputsOverAndADeepOneIsRefused() throws Exception {
        shop.runs.saveFlow(
                TENANT,
                """
                id: inner
                inputs: {n: {type: integer}}
                tasks:
                  a: {type: value, value: {x: "${{ inputs.n + 1 }}"}}
                outputs: {x: "${{ tasks.a.outputs.x }}"}
                """,
                folder,
                "test");
        RunView run =
                shop.run(
                        """
                        id: outer
                        tasks:
                          call: {type: flow, flow: inner, with: {n: 4}}
                        outputs: {x: "${{ tasks.call.outputs.x }}"}
                        """);
        assertThat(run.outputs()).containsEntry("x", Value.of(5));
        RunView deep =
                shop.run(
                        """
                        id: endless
                        tasks:
                          call: {type: flow, flow: endless}
                        """);
        assertThat(deep.state()).isEqualTo(RunState.FAILED);
        assertThat(deep.error()).contains("deeper than 10");
    }

    @Test
    void anApprovalWaitsForAnAnswerThatFitsItsForm() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: asking
                        tasks:
                          ok: {type: approval, form: {amount: integer}}
                          go: {type: value, value: {x: "${{ tasks.ok.outputs.amount }}"}, when: "${{ tasks.ok.outputs.approved }}"}
                        """);
        shop.until(id, is("ok", TaskState.PAUSED));
        Map<String, Value> wrong = Map.of("approved", Value.of(true), "amount", Value.of("much"));
        assertThatThrownBy(() -> shop.runs.answer(TENANT, id, "ok", -1, "ann", wrong))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("amount");
        shop.runs.answer(
                TENANT,
                id,
                "ok",
                -1,
                "ann",
                Map.of("approved", Value.of(true), "amount", Value.of(12)));
        RunView run = shop.end(id);
        assertThat(task(run, "ok").outputs()).containsEntry("by", Value.of("ann"));
        assertThat(task(run, "go").outputs()).containsEntry("x", Value.of(12));
    }

    @Test
    void theSameKeyGivesTheSameRun() throws Exception {
        String text = "id: keyed\ntasks:\n  a: {type: scripted}\n";
        RunId first = shop.submit(text, Map.of(), "k1");
        shop.end(first);
        assertThat(shop.submit(text, Map.of(), "k1")).isEqualTo(first);
        assertThat(shop.submit(text, Map.of(), "k2")).isNotEqualTo(first);
    }

    @Test
    void aFlowsConcurrencyLetsRunsWaitTheirTurn() throws Exception {
        String text = "id: narrow\nconcurrency: 1\ntasks:\n  a: {type: scripted, gate: door}\n";
        RunId first = shop.submit(text);
        RunId second = shop.submit(text);
        shop.until(first, is("a", TaskState.RUNNING));
        assertThat(shop.runs.show(TENANT, second).state()).isEqualTo(RunState.QUEUED);
        shop.scripted.release("door");
        assertThat(shop.end(first).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.end(second).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void afterAKillARunGoesOnAndWhatWasUnderWayIsTriedAgain() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: killed
                        tasks:
                          a: {type: scripted, give: 1}
                          b: {type: scripted, gate: door, needs: [a]}
                        """);
        shop.until(id, is("b", TaskState.RUNNING));
        shop.killAndReopen();
        assertThat(shop.runs.unfinished()).hasSize(1);
        shop.runs.resumeUnfinished(List.of(id));
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.scripted.attempts("a")).isEqualTo(1);
        assertThat(task(run, "b").attempts()).isEqualTo(2);
    }

    @Test
    void aCommitThatFailsIsToldToTheCallerAndLosesNothing() throws Exception {
        RunId id = shop.submit("id: full\ntasks:\n  a: {type: scripted, gate: door, give: 3}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.journal.failNextCommits(1);
        shop.scripted.release("door");
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.scripted.attempts("a")).isEqualTo(1);
        assertThat(shop.troubles).isNotEmpty();
        shop.journal.failNextCommits(1);
        assertThatThrownBy(() -> shop.submit("id: full\ntasks:\n  a: {type: scripted}\n"))
                .isInstanceOf(dev.sluice.spi.StoreException.class);
    }

    @Test
    void aWaitEndsByItselfAlsoAfterAKill() throws Exception {
        RunId id = shop.submit("id: waiting\ntasks:\n  a: {type: wait, for: 200ms}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.killAndReopen();
        shop.runs.resumeUnfinished(List.of(id));
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aChildUnderWayGoesOnWithItsParentAfterAKill() throws Exception {
        shop.runs.saveFlow(
                TENANT,
                "id: nap\ntasks:\n  n: {type: wait, for: 300ms}\n  v: {type: value, needs: [n], value: {x: 4}}\noutputs: {x: \"${{ tasks.v.outputs.x }}\"}\n",
                folder,
                "test");
        RunId id =
                shop.submit(
                        "id: parent\ntasks:\n  c: {type: flow, flow: nap}\noutputs: {x: \"${{ tasks.c.outputs.x }}\"}\n");
        shop.until(id, is("c", TaskState.RUNNING));
        RunId child = shop.childOf(id);
        shop.killAndReopen();
        shop.runs.resumeUnfinished(List.of(id));
        RunView run = shop.end(id);
        assertThat(run.outputs()).containsEntry("x", Value.of(4));
        assertThat(shop.end(child).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(
                        shop.runs.list(
                                TENANT,
                                new dev.sluice.spi.JournalStore.RunQuery(null, null, null, 10)))
                .hasSize(2);
    }

    @Test
    void cancellingAParentCancelsItsChild() throws Exception {
        shop.runs.saveFlow(
                TENANT, "id: stuck\ntasks:\n  n: {type: scripted, gate: never}\n", folder, "test");
        RunId id = shop.submit("id: parent\ntasks:\n  c: {type: flow, flow: stuck}\n");
        shop.until(id, is("c", TaskState.RUNNING));
        RunId child = shop.childOf(id);
        shop.until(child, is("n", TaskState.RUNNING));
        shop.runs.cancel(TENANT, id, "test");
        assertThat(shop.end(id).state()).isEqualTo(RunState.CANCELLED);
        assertThat(shop.end(child).state()).isEqualTo(RunState.CANCELLED);
    }
}
