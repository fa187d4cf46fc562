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
import dev.sluice.spi.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills, stops, failing commits and clocks at the moments that hurt. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunsFaultsTest {
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
    void aRunThatCouldNotBeWokenIsWokenLater() throws Exception {
        RunId id = shop.submit("id: woken\ntasks:\n  a: {type: scripted, gate: door}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.killAndReopen();
        shop.journal.failNextCommits(2);
        shop.runs.resumeUnfinished(List.of(id));
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRunOfANarrowFlowIsWokenLaterToo() throws Exception {
        String text = "id: narrow\nconcurrency: 1\ntasks:\n  a: {type: scripted, gate: door}\n";
        RunId first = shop.submit(text);
        RunId second = shop.submit(text);
        shop.until(first, is("a", TaskState.RUNNING));
        shop.runs.cancel(TENANT, first, "test");
        shop.end(first);
        RunId third = shop.submit(text);
        shop.until(second, is("a", TaskState.RUNNING));
        shop.killAndReopen();
        shop.journal.failNextCommits(1);
        shop.runs.resumeUnfinished(List.of(third, second));
        assertThat(shop.end(second).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.end(third).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aReportOutlivesAJournalThatCanNeitherBeWrittenNorRead() throws Exception {
        RunId id = shop.submit("id: deaf\ntasks:\n  a: {type: scripted, gate: door, give: 3}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.failures.set(4);
        shop.scripted.release("door");
        assertThat(shop.troublesWere(1)).isTrue();
        while (shop.failures.get() > 0) {
            Thread.onSpinWait();
        }
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.scripted.attempts("a")).isEqualTo(1);
    }

    @Test
    void aStopInOrderIsNoCrashHoweverOften() throws Exception {
        RunId id = shop.submit("id: patient\ntasks:\n  a: {type: scripted, gate: door}\n");
        for (int stop = 1; stop <= 5; stop++) {
            int attempts = stop;
            shop.until(id, v -> task(v, "a").attempts() == attempts);
            shop.closeAndReopen();
            shop.runs.resumeUnfinished(List.of(id));
        }
        shop.scripted.release("door");
        RunView run = shop.end(id);
        assertThat(run.error()).isNull();
        assertThat(task(run, "a").attempts()).isEqualTo(6);
    }

    @Test
    void aTaskThatKillsItsHostDoesNotComeBackForEver() throws Exception {
        RunId id = shop.submit("id: deadly\ntasks:\n  a: {type: scripted, gate: never}\n");
        for (int kill = 1; kill <= 3; kill++) {
            int attempts = kill;
            shop.until(id, v -> task(v, "a").attempts() == attempts);
            shop.killOnly();
            shop.runs.resumeUnfinished(List.of(id));
        }
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.error()).contains("vanished 3 times");
    }

    @Test
    void resumingAPausedRunAfterAKillStartsWhatWasUnderWay() throws Exception {
        RunId id = shop.submit("id: paused\ntasks:\n  a: {type: scripted, gate: door}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.runs.pause(TENANT, id, "test");
        shop.killAndReopen();
        shop.runs.resume(TENANT, id, "test");
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void cancellingAfterAKillCancelsTheChildToo() throws Exception {
        shop.save("id: stuck\ntasks:\n  n: {type: scripted, gate: never}\n");
        RunId id = shop.submit("id: parent\ntasks:\n  c: {type: flow, flow: stuck}\n");
        RunId child = shop.childOf(id);
        shop.until(child, is("n", TaskState.RUNNING));
        shop.killOnly();
        shop.runs.cancel(TENANT, id, "test");
        assertThat(shop.end(id).state()).isEqualTo(RunState.CANCELLED);
        assertThat(shop.end(child).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aChildMayBeResumedBeforeItsParentAndTheOtherWayRound() throws Exception {
        shop.save("id: slow\ntasks:\n  n: {type: scripted, gate: door}\n");
        for (boolean childFirst : new boolean[] {true, false}) {
            shop.scripted.closeGates();
            RunId id = shop.submit("id: parent\ntasks:\n  c: {type: flow, flow: slow}\n");
            RunId child = shop.childOf(id);
            shop.until(child, is("n", TaskState.RUNNING));
            shop.killAndReopen();
            shop.runs.resumeUnfinished(List.of(childFirst ? child : id));
            assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(shop.end(child).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void anAnswerAfterAKillIsKeptAndStartsNothingUntilTheRunGoesOn() throws Exception {
        RunId id =
                shop.submit(
                        "id: asking\ntasks:\n  ok: {type: approval}\n  go: {type: scripted, needs: [ok]}\n");
        shop.until(id, is("ok", TaskState.PAUSED));
        shop.killOnly();
        shop.runs.answer(TENANT, id, "ok", -1, "ann", Map.of("approved", Value.of(true)));
        assertThat(task(shop.runs.show(TENANT, id), "go").attempts()).isZero();
        shop.runs.resumeUnfinished(List.of(id));
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, "go").attempts()).isEqualTo(1);
    }

    @Test
    void aResumedRunKeepsToItsFlowsConcurrency() throws Exception {
        String text = "id: lane\nconcurrency: 1\ntasks:\n  a: {type: scripted, gate: door}\n";
        RunId first = shop.submit(text);
        shop.until(first, is("a", TaskState.RUNNING));
        shop.runs.cancel(TENANT, first, "test");
        shop.end(first);
        RunId second = shop.submit(text);
        shop.until(second, is("a", TaskState.RUNNING));
        assertThatThrownBy(() -> shop.runs.resume(TENANT, first, "test"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("concurrency of 1");
        shop.scripted.release("door");
        shop.end(second);
        shop.journal.failNextCommits(1);
        assertThatThrownBy(() -> shop.runs.resume(TENANT, first, "test"))
                .isInstanceOf(StoreException.class);
        shop.runs.resume(TENANT, first, "test");
        assertThat(shop.end(first).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.end(shop.submit(text)).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void whoAsksAfterTheEndIsToldInsteadOfWaiting() throws Exception {
        shop.submit("id: over\ntasks:\n  a: {type: scripted}\n");
        shop.runs.close();
        assertThatThrownBy(() -> shop.submit("id: over\ntasks:\n  a: {type: scripted}\n"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("shutting down");
    }

    @Test
    void aDefectThatOneRequestMeetsHarmsNoOther() throws Exception {
        String text = "id: robust\ntasks:\n  a: {type: scripted}\n";
        assertThatThrownBy(() -> shop.submit(text, Map.of(), "poison"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("internal error");
        assertThat(shop.run(text).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aClockThatIsSetBackHoldsNothingUp() throws Exception {
        String text =
                """
                id: back
                tasks:
                  a: {type: scripted, gate: door}
                  b: {type: scripted, needs: [a], failures: 1, retry: {attempts: 2, delay: 20ms}}
                  c: {type: wait, for: 20ms, needs: [b]}
                """;
        RunId id = shop.submit(text);
        shop.until(id, is("a", TaskState.RUNNING));
        shop.shift.set(Duration.ofHours(-1));
        shop.scripted.release("door");
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.endedMicros() - run.startedMicros()).isLessThan(60_000_000);
    }

    @Test
    void aClockThatWasSetBackBetweenTwoProcessesHoldsNothingUp() throws Exception {
        RunId id =
                shop.submit(
                        "id: earlier\ntasks:\n  a: {type: scripted, gate: door}\n  w: {type: wait, for: 20ms, needs: [a]}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.shift.set(Duration.ofHours(-1));
        shop.killAndReopen();
        shop.runs.resumeUnfinished(List.of(id));
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void whatAReportThatIsNotYetDurableRefersToIsNotCollected() throws Exception {
        RunId id =
                shop.submit("id: keep\ntasks:\n  a: {type: scripted, gate: door, file: hello}\n");
        shop.until(id, is("a", TaskState.RUNNING));
        shop.journal.failNextCommits(2);
        shop.scripted.release("door");
        assertThat(shop.troublesWere(1)).isTrue();
        shop.shift.set(Duration.ofHours(1));
        assertThat(shop.runs.collectGarbage(TENANT).artifacts()).isZero();
        RunView run = shop.end(id);
        assertThat(task(run, "a").outputs().get("kept")).isInstanceOf(Value.Artifact.class);
        assertThat(shop.runs.collectGarbage(TENANT).artifacts()).isZero();
        assertThat(shop.runs.purge(TENANT, List.of(id))).isEqualTo(1);
        assertThat(shop.runs.collectGarbage(TENANT).artifacts()).isEqualTo(1);
    }

    @Test
    void aCachedOutputWhoseFileIsGoneIsMadeAgain() throws Exception {
        String text = "id: again\ntasks:\n  a: {type: scripted, file: hello, cache: true}\n";
        RunView first = shop.run(text);
        shop.removeArtifact((Value.Artifact) task(first, "a").outputs().get("kept"));
        RunView second = shop.run(text);
        assertThat(task(second, "a").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(shop.scripted.attempts("a")).isEqualTo(2);
        assertThat(task(shop.run(text), "a").state()).isEqualTo(TaskState.CACHED);
    }

    @Test
    void aWaitIsCutShortByItsTimeout() throws Exception {
        RunView run = shop.run("id: limit\ntasks:\n  a: {type: wait, for: 1h, timeout: 50ms}\n");
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.error()).contains("timeout");
    }

    @Test
    void aWatcherThatLeavesAtOnceIsForgotten() throws Exception {
        RunId id = shop.submit("id: seen\ntasks:\n  a: {type: scripted, gate: door}\n");
        for (int i = 0; i < 200; i++) {
            shop.runs.watch(TENANT, id, _ -> {}).close();
        }
        shop.runs.show(TENANT, id); // behind them in the queue
        assertThat(shop.runs.isWatched(id)).isFalse();
        shop.scripted.release("door");
        assertThat(shop.runs.ended(TENANT, id).get(20, TimeUnit.SECONDS).state())
                .isEqualTo(RunState.SUCCEEDED);
    }
}
