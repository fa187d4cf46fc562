package dev.sluice.runtime;

import static dev.sluice.runtime.Workshop.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import dev.sluice.spi.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several runs at once, with children, items, retries and waits, on a journal that fails and a
 * process that is killed, stopped and started again: each ends with the outputs of an undisturbed
 * run. {@code -Dsluice.seed=S} plays one seed again.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChaosTest {
    private static final int ROUNDS = Integer.getInteger("sluice.rounds", 8);
    private static final int KILL = 2;
    private static final String CHILD =
            """
            id: square
            inputs: {n: {type: integer}}
            tasks:
              nap: {type: wait, for: 30ms}
              s: {type: value, needs: [nap], value: {x: "${{ inputs.n * inputs.n }}"}}
            outputs: {x: "${{ tasks.s.outputs.x }}"}
            """;
    private static final String PARENT =
            """
            id: chaos
            inputs: {n: {type: integer}}
            tasks:
              list: {type: value, value: {all: [1, 2, 3, 4, 5, 6]}}
              each:
                type: flow
                flow: square
                foreach: ${{ tasks.list.outputs.all }}
                concurrency: 3
                with: {n: "${{ item + inputs.n }}"}
                retry: {attempts: 9, delay: 1ms}
              shaky: {type: scripted, failures: 2, give: 7, retry: {attempts: 9, delay: 2ms}}
              odd:
                type: value
                needs: [shaky]
                foreach: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
                when: ${{ item % 2 == 1 }}
                value: {y: "${{ item * inputs.n }}"}
              pause: {type: wait, for: 60ms, needs: [odd]}
              last:
                type: value
                needs: [pause]
                value: {sum: "${{ tasks.each.outputs.x }}", odd: "${{ tasks.odd.outputs.y }}"}
            outputs:
              sum: ${{ tasks.last.outputs.sum }}
              odd: ${{ tasks.last.outputs.odd }}
              shaky: ${{ tasks.shaky.outputs.given }}
            """;

    @TempDir Path folder;

    @Test
    void whateverHappensRunsEndAsIfNothingHadHappened() throws Exception {
        long first = Long.getLong("sluice.seed", System.nanoTime() % 1_000_000);
        int disturbances = 0;
        for (long seed = first; seed < first + ROUNDS; seed++) {
            System.out.println("chaos with -Dsluice.seed=" + seed);
            try (Workshop shop = new Workshop(folder.resolve("s" + seed))) {
                disturbances += play(shop, new Random(seed));
            }
        }
        System.out.println(disturbances + " disturbances");
        assertThat(disturbances).isPositive();
    }

    private static int play(Workshop shop, Random random) throws Exception {
        shop.save(CHILD);
        List<RunId> runs = new ArrayList<>();
        Map<RunId, Integer> given = new LinkedHashMap<>();
        for (int n = 0; n < 5; n++) {
            RunId id = shop.submit(PARENT, Map.of("n", Value.of(n)), "k" + n);
            runs.add(id);
            given.put(id, n);
        }
        int disturbances = 0;
        int kills = 0;
        for (int i = 0; i < 6; i++) {
            if (endWithin(shop, runs, random.nextInt(6))) {
                break;
            }
            disturbances++;
            int kind = random.nextInt(5);
            kills += kind == KILL ? 1 : 0;
            disturb(shop, random, runs, kills > 2 ? kind + 1 : kind); // within the crash budget
        }
        shop.failures.set(0);
        shop.journal.failNextCommits(0);
        for (Map.Entry<RunId, Integer> run : given.entrySet()) {
            RunView ended = shop.end(run.getKey());
            assertThat(ended.state())
                    .as(String.valueOf(ended.error()))
                    .isEqualTo(RunState.SUCCEEDED);
            assertThat(Value.ofJava(expected(run.getValue())))
                    .isEqualTo(new Value.MapOf(ended.outputs()));
            assertThat(shop.submit(PARENT, Map.of("n", Value.of(9)), "k" + run.getValue()))
                    .as("the same key, the same run")
                    .isEqualTo(run.getKey());
        }
        return disturbances;
    }

    private static void disturb(Workshop shop, Random random, List<RunId> runs, int kind)
            throws Exception {
        switch (kind) {
            case 0 -> shop.journal.failNextCommits(1 + random.nextInt(3));
            case 1 -> shop.failures.set(1 + random.nextInt(4));
            case KILL -> {
                shop.failures.set(0); // or it would not open
                shop.killAndReopen();
                shop.journal.failNextCommits(random.nextInt(2));
                shop.runs.resumeUnfinished(runs);
            }
            case 3 -> {
                shop.failures.set(0);
                shop.closeAndReopen();
                shop.runs.resumeUnfinished(runs.reversed());
            }
            default -> {
                RunId run = runs.get(random.nextInt(runs.size()));
                try {
                    shop.runs.pause(TENANT, run, "test");
                    shop.runs.resume(TENANT, run, "test");
                } catch (RefusedException | StoreException _) {
                    resumeLater(shop, run);
                }
            }
        }
    }

    /** It may have been paused before the journal failed. */
    private static void resumeLater(Workshop shop, RunId run) throws Exception {
        while (true) {
            try {
                if (!shop.runs.show(TENANT, run).state().isEnded()) {
                    shop.runs.resume(TENANT, run, "test");
                }
                return;
            } catch (StoreException _) {
                Thread.onSpinWait(); // again
            } catch (RefusedException _) {
                return; // it has ended meanwhile
            }
        }
    }

    private static boolean endWithin(Workshop shop, List<RunId> runs, int millis) {
        try {
            for (RunId run : runs) {
                var _ = shop.runs.ended(TENANT, run).get(millis, TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (java.util.concurrent.TimeoutException _) {
            return false;
        } catch (Exception _) {
            return false; // the journal was failing
        }
    }

    private static Map<String, Object> expected(int n) {
        List<Object> squares = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            squares.add((long) (i + n) * (i + n));
        }
        List<Object> odd = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            odd.add(i % 2 == 1 ? (Object) (long) (i * n) : null);
        }
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("sum", squares);
        expected.put("odd", odd);
        expected.put("shaky", 7L);
        return expected;
    }
}
