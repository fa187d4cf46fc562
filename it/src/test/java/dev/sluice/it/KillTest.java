package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the real program at random moments. {@code -Dsluice.kills=100} plays more
 * rounds, {@code -Dsluice.seed=S} others.
 */
class KillTest {
    private static final int ROUNDS = Integer.getInteger("sluice.kills", 10);
    private static final int RESUMES_MAX = 12;
    private static final Pattern RUN_ID = Pattern.compile("[Rr]un ([0-9a-z]{13})");
    private static final Pattern OUTPUTS = Pattern.compile("\"outputs\":(\\{.*?\\}),\"error\"");

    private static final String FLOW =
            """
            id: endurance
            tasks:
              first: {type: value, value: {x: 1}}
              pause: {type: wait, for: 300ms, needs: [first]}
              numbers:
                type: value
                needs: [pause]
                foreach: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
                concurrency: 3
                value: {square: "${{ item * item }}"}
              rows: {type: table.read, from: rows.csv}
              sums: {type: sql, query: "SELECT sum(n) AS total, count(*) AS many FROM rows"}
              code:
                type: shell
                needs: [sums, numbers]
                script: |
                  sleep 0.2
                  echo done > "$SLUICE_OUT/done.txt"
              late: {type: wait, for: 200ms, needs: [code]}
              last: {type: value, needs: [late], value: {all: "${{ tasks.numbers.outputs.square }}"}}
            outputs:
              squares: ${{ tasks.last.outputs.all }}
              digest: ${{ tasks.code.outputs.done }}
              rows: ${{ tasks.rows.outputs.rows }}
            """;

    @TempDir Path folder;

    @Test
    void whateverTheMomentOfTheKillTheRunEndsAsAnUndisturbedOne() throws Exception {
        Files.writeString(folder.resolve("flow.yaml"), FLOW);
        Files.writeString(folder.resolve("rows.csv"), "n\n1\n2\n3\n");
        Program.Result undisturbed =
                Program.run(folder, "run", "flow.yaml", "--json", "--data", "calm");
        assertThat(undisturbed.code()).as(undisturbed.errors()).isZero();
        String expected = outputs(undisturbed.output());
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("kills with -Dsluice.seed=" + seed);
        Random random = new Random(seed);
        int killed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            killed += round(round, random, expected);
        }
        System.out.println(killed + " kills in " + ROUNDS + " rounds");
        assertThat(killed).isPositive();
    }

    private int round(int round, Random random, String expected) throws Exception {
        String data = "data" + round;
        int kills = 0;
        String id;
        try (Program program =
                Program.start(folder, "run", "flow.yaml", "--json", "--data", data)) {
            String line = program.line(l -> RUN_ID.matcher(l).find()).get(60, TimeUnit.SECONDS);
            id = idIn(line);
            kills += killAfter(program, random.nextInt(1500)) ? 1 : 0;
        }
        for (int resumes = 0; resumes < RESUMES_MAX; resumes++) {
            try (Program program = Program.start(folder, "runs", "resume", "--data", data)) {
                boolean again = resumes < 2 && random.nextBoolean();
                if (again && killAfter(program, 800 + random.nextInt(1500))) {
                    kills++;
                    continue;
                }
                program.end();
            }
            break;
        }
        Program.Result shown = Program.run(folder, "runs", "show", id, "--json", "--data", data);
        assertThat(shown.code())
                .as("run %s is known after %d kills: %s", id, kills, shown.errors())
                .isZero();
        assertThat(shown.output()).as("round %d", round).contains("\"state\":\"SUCCEEDED\"");
        assertThat(outputs(shown.output())).isEqualTo(expected);
        return kills;
    }

    /** Whether the program was still running then. */
    private static boolean killAfter(Program program, int millis) throws InterruptedException {
        if (program.process().waitFor(millis, TimeUnit.MILLISECONDS)) {
            return false;
        }
        program.kill();
        return true;
    }

    private static String idIn(String line) {
        Matcher matcher = RUN_ID.matcher(line);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static String outputs(String json) {
        Matcher matcher = OUTPUTS.matcher(json);
        assertThat(matcher.find()).as(json).isTrue();
        return matcher.group(1);
    }
}
