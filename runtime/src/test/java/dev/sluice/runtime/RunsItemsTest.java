package dev.sluice.runtime;

import static dev.sluice.runtime.Workshop.TENANT;
import static dev.sluice.runtime.Workshop.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Items of a {@code foreach} and runs inside runs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunsItemsTest {
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
    void aFailedItemStopsNewOnesUnlessTheyAreToContinue() throws Exception {
        String text =
                """
                id: items
                tasks:
                  a:
                    type: value
                    foreach: [1, 0, 2, 3]
                    concurrency: 1
                    value: {x: "${{ 6 / item }}"}
                """;
        RunView stopped = shop.run(text);
        assertThat(stopped.state()).isEqualTo(RunState.FAILED);
        assertThat(task(stopped, "a").items()).isEqualTo(new RunView.Items(4, 0, 1, 1, 2));
        RunView all = shop.run(text.replace("concurrency: 1", "on_item_failure: continue"));
        assertThat(all.state()).isEqualTo(RunState.FAILED);
        assertThat(task(all, "a").items()).isEqualTo(new RunView.Items(4, 0, 3, 1, 0));
        assertThat(task(all, "a").outputs().get("x").toJava())
                .isEqualTo(Arrays.asList(6L, null, 3L, 2L));
        assertThat(all.error()).contains("item 1");
    }

    @Test
    void resumingRunsOnlyTheItemsThatDidNotSucceed() throws Exception {
        RunId id =
                shop.submit(
                        """
                        id: some
                        tasks:
                          a: {type: scripted, foreach: [1, 2, 3], concurrency: 1, failures: 1, give: "${{ item }}", on_item_failure: continue}
                          b: {type: value, value: {all: "${{ tasks.a.outputs.given }}"}}
                        outputs: {all: "${{ tasks.b.outputs.all }}"}
                        """);
        assertThat(shop.end(id).state()).isEqualTo(RunState.FAILED);
        assertThat(shop.scripted.attempts("a")).isEqualTo(3);
        shop.runs.resume(TENANT, id, "test");
        RunView run = shop.end(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(shop.scripted.attempts("a")).isEqualTo(4);
        assertThat(run.outputs().get("all").toJava()).isEqualTo(List.of(1L, 2L, 3L));
    }

    @Test
    void anEmptyListSucceedsWithEmptyLists() throws Exception {
        RunView run =
                shop.run(
                        "id: none\ntasks:\n  a: {type: value, foreach: [], value: {x: \"${{ item }}\"}}\noutputs: {x: \"${{ tasks.a.outputs.x }}\"}\n");
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.outputs().get("x").toJava()).isEqualTo(List.of());
    }

    @Test
    void tenFlowsInsideAFlowWorkAndElevenAreRefused() throws Exception {
        shop.save(
                "id: f0\ntasks:\n  v: {type: value, value: {x: 5}}\noutputs: {x: \"${{ tasks.v.outputs.x }}\"}\n");
        for (int i = 1; i <= 9; i++) {
            shop.save(calling(i));
        }
        RunView ten = shop.run(calling(10));
        assertThat(ten.state()).as(String.valueOf(ten.error())).isEqualTo(RunState.SUCCEEDED);
        assertThat(ten.outputs()).containsEntry("x", Value.of(5));
        RunView eleven = shop.run(calling(11));
        assertThat(eleven.state()).isEqualTo(RunState.FAILED);
        assertThat(eleven.error()).contains("nested deeper than 10");
    }

    private static String calling(int level) {
        return "id: f"
                + level
                + "\ntasks:\n  c: {type: flow, flow: f"
                + (level - 1)
                + "}\noutputs: {x: \"${{ tasks.c.outputs.x }}\"}\n";
    }

    @Test
    void statesTravelAsTheFormatSays() throws Exception {
        RunView run =
                shop.run(
                        """
                        id: travel
                        tasks:
                          bad: {type: fail, message: no}
                          fine: {type: fail, message: no, continue_on_error: true}
                          off: {type: value, value: {x: 1}, when: false}
                          after_bad: {type: value, value: {x: 1}, needs: [bad, off]}
                          after_fine: {type: value, value: {x: 1}, needs: [fine]}
                          after_off: {type: value, value: {x: 1}, needs: [off, fine]}
                          mourn: {type: value, value: {x: 1}, needs: [bad, off], run_if: failure}
                          no_mourn: {type: value, value: {x: 1}, needs: [fine], run_if: failure}
                          behind: {type: value, value: {x: 1}, needs: [after_bad], run_if: failure}
                          tidy: {type: value, value: {x: 1}, needs: [bad, off, fine], run_if: always}
                        """);
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(task(run, "after_bad").state()).isEqualTo(TaskState.UPSTREAM_FAILED);
        assertThat(task(run, "after_fine").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(task(run, "after_off").state()).isEqualTo(TaskState.SKIPPED);
        assertThat(task(run, "mourn").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(task(run, "no_mourn").state()).isEqualTo(TaskState.SKIPPED);
        assertThat(task(run, "behind").state()).isEqualTo(TaskState.SKIPPED);
        assertThat(task(run, "tidy").state()).isEqualTo(TaskState.SUCCEEDED);
    }
}
