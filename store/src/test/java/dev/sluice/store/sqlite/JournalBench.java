package dev.sluice.store.sqlite;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.Commit;
import dev.sluice.spi.JournalStore.RunQuery;
import dev.sluice.spi.JournalStore.RunRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures the journal; not a test. {@code JournalBench FOLDER [RUNS [WAL_PAGES]]}: one append
 * alone beside a bare synced SQLite commit, appends a second in batches, file bytes a run, and the
 * queries with all those runs in the file.
 */
final class JournalBench {
    private static final int SINGLES = 3000;
    private static final int BATCH = 2000;
    private static final TenantId TENANT = TenantId.DEFAULT;
    private static long next = RunId.of(1_800_000_000_000L, 0).value();

    private JournalBench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "journal-bench");
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        int walPages = args.length > 2 ? Integer.parseInt(args[2]) : 4000;
        Path file = folder.resolve("journal.db");
        try (SqliteJournal journal = new SqliteJournal(file, walPages)) {
            for (int round = 0; round < 3; round++) {
                bare(folder);
                singles(journal);
                batches(journal, 50_000);
            }
            batches(journal, runs);
            System.out.printf("log %,d kB%n", Files.size(folder.resolve("journal.db-wal")) / 1024);
            bare(folder);
            singles(journal);
            queries(journal);
        }
        long total = (next - RunId.of(1_800_000_000_000L, 0).value()) / 1000;
        System.out.printf("%,d runs, %.0f B a run%n", total, (double) Files.size(file) / total);
        long start = System.nanoTime();
        new SqliteJournal(file).close();
        System.out.printf("open and close again %.1f ms%n", (System.nanoTime() - start) / 1e6);
        try (var left = Files.list(folder)) {
            for (Path path : left.toList()) {
                Files.delete(path);
            }
        }
        Files.delete(folder);
    }

    private static void bare(Path folder) throws Exception {
        Path file = folder.resolve("bare.db");
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            for (String sql :
                    List.of(
                            "PRAGMA journal_mode = WAL",
                            "PRAGMA synchronous = FULL",
                            "CREATE TABLE IF NOT EXISTS event (run INTEGER, seq INTEGER,"
                                    + " payload BLOB, PRIMARY KEY (run, seq)) WITHOUT ROWID")) {
                Database.run(c, sql);
            }
            c.setAutoCommit(false);
            long[] nanos = new long[SINGLES];
            try (var insert = c.prepareStatement("INSERT INTO event VALUES (?, 0, ?)")) {
                for (int i = 0; i < SINGLES; i++) {
                    long start = System.nanoTime();
                    insert.setLong(1, next += 1000);
                    insert.setBytes(2, new byte[50]);
                    insert.executeUpdate();
                    c.commit();
                    nanos[i] = System.nanoTime() - start;
                }
            }
            next -= 1000L * SINGLES;
            print("bare commit", nanos);
        } finally {
            Files.delete(file);
        }
    }

    /** The two appends of one-task runs, each in a commit of its own. */
    private static void singles(SqliteJournal journal) throws Exception {
        long[] first = new long[SINGLES];
        long[] second = new long[SINGLES];
        for (int i = 0; i < SINGLES; i++) {
            long id = next += 1000;
            Commit start = new Commit(List.of(append(id, RunState.RUNNING, 0, 60)));
            Commit end = new Commit(List.of(append(id, RunState.SUCCEEDED, 1, 40)));
            long t0 = System.nanoTime();
            journal.commit(start);
            long t1 = System.nanoTime();
            journal.commit(end);
            first[i] = t1 - t0;
            second[i] = System.nanoTime() - t1;
        }
        print("first append", first);
        print("last append", second);
    }

    private static void batches(SqliteJournal journal, int runs) throws Exception {
        long start = System.nanoTime();
        List<Append> pending = new ArrayList<>();
        long longest = 0;
        for (int done = 0; done < runs; done += BATCH) {
            List<Append> batch = new ArrayList<>(pending);
            pending.clear();
            for (int i = 0; i < BATCH; i++) {
                long id = next += 1000;
                // One in a thousand fails.
                RunState end = i % 1000 == 7 ? RunState.FAILED : RunState.SUCCEEDED;
                batch.add(append(id, RunState.RUNNING, 0, 60));
                pending.add(append(id, end, 1, 40));
            }
            long t = System.nanoTime();
            journal.commit(new Commit(batch));
            longest = Math.max(longest, System.nanoTime() - t);
        }
        if (runs > 50_000) {
            // Some stay unfinished, for the queries.
            pending.subList(0, 150).clear();
        }
        journal.commit(new Commit(pending));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%,d runs in batches of %d appends: %,.0f appends/s, longest commit %.1f ms%n",
                runs, 2 * BATCH, 2 * runs / seconds, longest / 1e6);
    }

    private interface Query {
        Object ask() throws Exception;
    }

    private static void queries(SqliteJournal journal) throws Exception {
        FlowId flow = new FlowId("flow-3");
        RunId middle = new RunId((next + RunId.of(1_800_000_000_000L, 0).value()) / 2);
        time("unfinished", journal::unfinished);
        time("find", () -> journal.find(TENANT, middle));
        time("events", () -> journal.events(TENANT, middle));
        for (@Nullable RunId after : new RunId[] {null, middle}) {
            for (@Nullable FlowId f : new FlowId[] {null, flow}) {
                for (@Nullable RunState s :
                        new RunState[] {
                            null, RunState.SUCCEEDED, RunState.FAILED, RunState.RUNNING
                        }) {
                    String name = "list " + f + " " + s + (after == null ? "" : " from the middle");
                    time(name, () -> journal.list(TENANT, new RunQuery(f, s, after, 100)));
                }
            }
        }
        time("list 1000", () -> journal.list(TENANT, new RunQuery(null, null, null, 1000)));
    }

    private static void time(String name, Query query) throws Exception {
        long[] nanos = new long[20];
        int size = 0;
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            size = query.ask() instanceof List<?> list ? list.size() : 1;
            nanos[i] = System.nanoTime() - start;
        }
        print(name + " (" + size + ")", nanos);
    }

    private static Append append(long id, RunState state, int seq, int bytes) {
        long created = 1_800_000_000_000_000L + id % 1_000_000;
        return new Append(
                new RunRow(
                        TENANT,
                        new RunId(id),
                        new FlowId("flow-" + id / 1000 % 7),
                        1,
                        state,
                        created,
                        created + 300,
                        state.isEnded() ? created + 900 : 0,
                        null,
                        null),
                true,
                seq,
                new byte[bytes],
                List.of(),
                List.of());
    }

    private static void print(String name, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "%-45s p50 %.3f p99 %.3f max %.1f ms%n",
                name,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }
}
