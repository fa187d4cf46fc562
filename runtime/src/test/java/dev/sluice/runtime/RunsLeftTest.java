package dev.sluice.runtime;

import static dev.sluice.runtime.Workshop.TENANT;
import static dev.sluice.runtime.Workshop.is;
import static dev.sluice.runtime.Workshop.task;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Runs that one process left and another one finds. */
class RunsLeftTest {
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
    void lookingAtARunThatWasLeftWritesNothing() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: left
                        tasks:
                          a: {type: scripted, gate: never}
                        """);
        shop.until(id, is("a", TaskState.RUNNING));
        shop.closeAndReopen();
        int events = shop.journal.events(TENANT, id).size();
        for (int i = 0; i < 3; i++) {
            assertThat(task(shop.runs.show(TENANT, id), "a").attempts()).isEqualTo(1);
            shop.closeAndReopen();
        }
        assertThat(shop.journal.events(TENANT, id)).hasSize(events);
    }

    @Test
    void anAnswerToARunThatWasLeftStartsNothingUntilItGoesOn() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: asks
                        tasks:
                          ask: {type: approval}
                          after: {type: scripted, needs: [ask]}
                        """);
        shop.until(id, is("ask", TaskState.PAUSED));
        shop.killAndReopen();
        shop.runs.answer(TENANT, id, "ask", -1, "eve", Map.of("approved", Value.of(true)));
        assertThat(task(shop.runs.show(TENANT, id), "after").state()).isEqualTo(TaskState.READY);
        shop.closeAndReopen();
        shop.runs.resumeUnfinished(List.of(id));
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, "after").attempts()).isEqualTo(1);
    }

    @Test
    void aRunIsStoppedInOrderAsOftenAsOneLikes() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: stops
                        tasks:
                          a: {type: scripted, gate: later}
                        """);
        for (int i = 0; i < 5; i++) {
            shop.until(id, is("a", TaskState.RUNNING));
            shop.closeAndReopen();
            shop.runs.resumeUnfinished(List.of(id));
        }
        shop.until(id, is("a", TaskState.RUNNING));
        shop.scripted.release("later");
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, "a").attempts()).isEqualTo(6);
    }

    @Test
    void resumingAPausedRunBeginsWhatWasUnderWayAgain() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: pauses
                        tasks:
                          a: {type: scripted, gate: never}
                        """);
        shop.until(id, is("a", TaskState.RUNNING));
        shop.runs.pause(TENANT, id, "eve");
        shop.killAndReopen();
        shop.runs.resume(TENANT, id, "eve");
        assertThat(shop.end(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void theItemsThatAFailureKeptFromStartingCountAsSkipped() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: stopped
                        tasks:
                          a: {type: value, foreach: [1, 0, 2, 3], concurrency: 1, value: {x: "${{ 1 / item }}"}}
                        """);
        assertThat(task(run, "a").items()).isEqualTo(new RunView.Items(4, 0, 1, 1, 2));
    }
}
