package dev.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.JournalStore.Commit;
import dev.sluice.spi.JournalStore.FlowVersion;
import dev.sluice.spi.JournalStore.RunQuery;
import dev.sluice.spi.JournalStore.RunRow;
import dev.sluice.spi.StoreException;
import dev.sluice.testkit.store.MemoryJournal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to both, the SQLite journal and the one in memory tell the same. */
class JournalPropertyTest {
    private static final long SEEDS = Long.getLong("seeds", 12);
    private static final int STEPS = 120;
    private static final int RUNS = 40;
    private static final String REFUSED = "refused";

    @TempDir Path folder;

    @Test
    void sqliteAgreesWithMemoryOverRandomOperations() throws Exception {
        long first = Long.getLong("seed", 1);
        for (long seed = first; seed < first + SEEDS; seed++) {
            Path file = folder.resolve(seed + ".db");
            Pair pair = new Pair(new SqliteJournal(file), seed);
            for (int step = 0; step < STEPS; step++) {
                pair.step(step);
            }
            pair.sqlite.close();
            pair.sqlite = new SqliteJournal(file);
            pair.compareAll();
            pair.sqlite.close();
        }
    }

    private static final class Pair {
        JournalStore sqlite;
        final JournalStore memory = new MemoryJournal();
        final SplittableRandom random;
        final long seed;
        final Map<List<Object>, Integer> sequences = new LinkedHashMap<>();
        String where = "";

        Pair(JournalStore sqlite, long seed) {
            this.sqlite = sqlite;
            this.seed = seed;
            random = new SplittableRandom(seed);
        }

        void step(int step) throws Exception {
            where = "-Dseed=" + seed + " step " + step;
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> commit();
                case 5 -> {
                    TenantId tenant = tenant();
                    List<RunId> runs = List.of(run(), run(), run());
                    same(j -> j.purge(tenant, runs));
                }
                case 6 -> {
                    TenantId tenant = tenant();
                    FlowId flow = flow();
                    byte[] text = bytes(2);
                    same(j -> j.saveFlow(tenant, flow, text, "/flows", "ann", 7));
                }
                case 7, 8 -> list();
                case 9 -> compareAll();
                default -> throw new IllegalStateException();
            }
        }

        void commit() {
            List<Append> appends = new ArrayList<>();
            Map<List<Object>, Integer> next = new LinkedHashMap<>(sequences);
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                TenantId tenant = tenant();
                RunId run = run();
                if (appends.stream()
                        .anyMatch(
                                a -> a.row().id().equals(run) && a.row().tenant().equals(tenant))) {
                    continue;
                }
                int seq = next.merge(List.of(tenant, run), 1, Integer::sum) - 1;
                if (random.nextInt(25) == 0) {
                    seq = random.nextInt(3);
                }
                appends.add(append(tenant, run, seq));
            }
            if (same(
                    j -> {
                        j.commit(new Commit(appends));
                        return "committed";
                    })) {
                sequences.putAll(next);
            }
        }

        Append append(TenantId tenant, RunId run, int seq) {
            RunState[] states = RunState.values();
            RunState state = states[random.nextInt(states.length)];
            // Of a row only these change: the rest is a function of the run.
            FlowId flow = new FlowId("flow-" + run.value() % 3);
            String key = run.value() % 4 == 0 ? "key-" + run.value() % 8 : null;
            RunId parent = run.value() % 5 == 0 ? new RunId(run.value() + 1) : null;
            List<CacheEntry> cached =
                    random.nextInt(3) == 0
                            ? List.of(new CacheEntry(digest(), run, bytes(9)))
                            : List.of();
            return new Append(
                    new RunRow(
                            tenant,
                            run,
                            flow,
                            random.nextInt(1, 4),
                            state,
                            run.value() * 1000,
                            random.nextLong(1000),
                            random.nextLong(1000),
                            key,
                            parent),
                    random.nextBoolean(),
                    seq,
                    bytes(50),
                    random.nextBoolean() ? List.of(digest(), digest()) : List.of(),
                    cached);
        }

        void list() {
            TenantId tenant = tenant();
            RunState[] states = RunState.values();
            RunQuery query =
                    new RunQuery(
                            maybe(this::flow),
                            maybe(() -> states[random.nextInt(states.length)]),
                            maybe(this::run),
                            random.nextInt(1, 12));
            same(j -> j.list(tenant, query));
        }

        void compareAll() {
            same(JournalStore::unfinished);
            for (TenantId tenant : List.of(new TenantId("t0"), new TenantId("t1"))) {
                same(j -> j.list(tenant, new RunQuery(null, null, null, 1000)));
                same(j -> j.references(tenant));
                same(j -> j.listFlows(tenant, null, 100));
                for (int i = 1; i <= RUNS; i++) {
                    RunId run = new RunId(i);
                    same(j -> j.find(tenant, run));
                    same(j -> j.events(tenant, run));
                }
                for (int i = 0; i < 6; i++) {
                    Digest key = Digest.of(new byte[] {(byte) i});
                    same(j -> j.findCached(tenant, key));
                    FlowId flow = new FlowId("flow-" + i % 3);
                    int version = i;
                    same(j -> j.findFlow(tenant, flow, version));
                    same(j -> j.findByKey(tenant, flow, "key-0"));
                    same(j -> j.findByKey(tenant, flow, "key-4"));
                }
            }
        }

        private interface Question {
            @Nullable Object ask(JournalStore journal) throws StoreException;
        }

        /** Whether it was answered: both refuse, or both give the same answer. */
        private boolean same(Question question) {
            String ours = answer(sqlite, question);
            assertThat(ours).as(where).isEqualTo(answer(memory, question));
            return !REFUSED.equals(ours);
        }

        private static String answer(JournalStore journal, Question question) {
            try {
                return shown(question.ask(journal));
            } catch (StoreException _) {
                return REFUSED;
            }
        }

        private static String shown(@Nullable Object answer) {
            return switch (answer) {
                case byte[] bytes -> HexFormat.of().formatHex(bytes);
                case Set<?> set -> set.stream().map(Pair::shown).sorted().toList().toString();
                case List<?> list -> list.stream().map(Pair::shown).toList().toString();
                case FlowVersion f ->
                        String.join(
                                " ",
                                f.flow() + "@" + f.version(),
                                shown(f.text()),
                                f.digest() + " " + f.author() + " " + f.atMicros());
                case CacheEntry e -> e.key() + " " + e.run() + " " + shown(e.outputs());
                case null, default -> String.valueOf(answer);
            };
        }

        private <T> @Nullable T maybe(Supplier<T> value) {
            return random.nextBoolean() ? value.get() : null;
        }

        private TenantId tenant() {
            return new TenantId("t" + random.nextInt(2));
        }

        private RunId run() {
            return new RunId(random.nextInt(1, RUNS + 1));
        }

        private FlowId flow() {
            return new FlowId("flow-" + random.nextInt(4));
        }

        private Digest digest() {
            return Digest.of(new byte[] {(byte) random.nextInt(6)});
        }

        private byte[] bytes(int limit) {
            byte[] bytes = new byte[random.nextInt(limit)];
            random.nextBytes(bytes);
            return bytes;
        }
    }
}
