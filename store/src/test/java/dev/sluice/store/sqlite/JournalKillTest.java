package dev.sluice.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.Commit;
import dev.sluice.spi.JournalStore.RunRow;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that commits and tells is killed at random moments. A kill shows that nothing told was
 * still in memory; that it survives a power cut rests on the sync, which {@link SqliteJournalTest}
 * sees switched on.
 */
class JournalKillTest {
    private static final int ROUNDS = Integer.getInteger("rounds", 10);
    private static final int RUNS_A_COMMIT = 3;

    @TempDir Path folder;

    @Test
    void everythingAcknowledgedBeforeAKillIsThereAfterwards() throws Exception {
        long seed = Long.getLong("seed", 1);
        SplittableRandom random = new SplittableRandom(seed);
        Path file = folder.resolve("journal.db");
        int acknowledged = -1;
        for (int round = 0; round < ROUNDS; round++) {
            int before = acknowledged;
            acknowledged = Math.max(before, run(file, random.nextInt(1, 200)));
            try (SqliteJournal journal = new SqliteJournal(file)) {
                String as = "-Dseed=" + seed + " round " + round;
                verify(journal, before + 1, acknowledged, as);
                // What was under way is there whole or not at all.
                assertThat(journal.unfinished().size() % RUNS_A_COMMIT).as(as).isZero();
            }
        }
        try (SqliteJournal journal = new SqliteJournal(file)) {
            verify(journal, 0, acknowledged, "-Dseed=" + seed + " at the end");
        }
        assertThat(acknowledged).isGreaterThan(ROUNDS);
    }

    private static void verify(SqliteJournal journal, int from, int to, String as)
            throws Exception {
        for (int commit = from; commit <= to; commit++) {
            for (Append append : commit(commit).appends()) {
                RunRow row = append.row();
                assertThat(journal.find(row.tenant(), row.id())).as(as).isEqualTo(row);
                assertThat(journal.events(row.tenant(), row.id()))
                        .as(as)
                        .containsExactly(append.payload());
            }
        }
    }

    /** Runs the committing process until it has told this many more; answers the last one told. */
    private static int run(Path file, int lines) throws Exception {
        Process process =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-Xmx128m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Committing.class.getName(),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader reader = process.inputReader()) {
            int last = -1;
            String line = reader.readLine();
            for (int i = 0; line != null; i++) {
                last = Integer.parseInt(line);
                if (i == lines) {
                    // By its handle, which leaves the pipe to be read to the end.
                    process.toHandle().destroyForcibly();
                }
                line = reader.readLine();
            }
            return last;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** The process: goes on after the last commit in the file, and tells each when it returned. */
    static final class Committing {
        public static void main(String[] args) throws Exception {
            try (SqliteJournal journal = new SqliteJournal(Path.of(args[0]))) {
                int next = journal.unfinished().size() / RUNS_A_COMMIT;
                for (; ; next++) {
                    journal.commit(commit(next));
                    System.out.println(next);
                }
            }
        }
    }

    private static Commit commit(int number) {
        List<Append> appends =
                IntStream.range(0, RUNS_A_COMMIT)
                        .mapToObj(i ->
                                new Append(
                                        row(number * RUNS_A_COMMIT + i + 1),
                                        true,
                                        0,
                                        ("event " + number).getBytes(UTF_8),
                                        List.of(),
                                        List.of()))
                        .toList();
        return new Commit(appends);
    }

    private static RunRow row(int id) {
        return new RunRow(
                TenantId.DEFAULT,
                new RunId(id),
                new FlowId("f" + id % 5),
                1,
                RunState.RUNNING,
                id,
                id,
                0,
                "key-" + id,
                null);
    }
}
