package dev.sluice.testkit.store;

import static dev.sluice.testkit.store.JournalSamples.ACME;
import static dev.sluice.testkit.store.JournalSamples.FLOW;
import static dev.sluice.testkit.store.JournalSamples.OTHER;
import static dev.sluice.testkit.store.JournalSamples.SECOND;
import static dev.sluice.testkit.store.JournalSamples.all;
import static dev.sluice.testkit.store.JournalSamples.append;
import static dev.sluice.testkit.store.JournalSamples.commit;
import static dev.sluice.testkit.store.JournalSamples.digest;
import static dev.sluice.testkit.store.JournalSamples.entry;
import static dev.sluice.testkit.store.JournalSamples.keyed;
import static dev.sluice.testkit.store.JournalSamples.row;
import static dev.sluice.testkit.store.JournalSamples.start;
import static dev.sluice.testkit.store.JournalSamples.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every journal has to keep to, whatever it is written on. */
public abstract class JournalStoreContract {
    private JournalStore journal;

    /** Opens the journal of this test; a second time, after closing, with what it held before. */
    protected abstract JournalStore open() throws Exception;

    @BeforeEach
    void openJournal() throws Exception {
        journal = open();
    }

    @AfterEach
    void closeJournal() throws Exception {
        journal.close();
    }

    @Test
    void anEmptyJournalFindsNothing() throws Exception {
        assertThat(journal.events(ACME, new RunId(1))).isEmpty();
        assertThat(journal.find(ACME, new RunId(1))).isNull();
        assertThat(journal.findByKey(ACME, FLOW, "k")).isNull();
        assertThat(journal.findFlow(ACME, FLOW, null)).isNull();
        assertThat(journal.findCached(ACME, digest("x"))).isNull();
        assertThat(journal.list(ACME, all(10))).isEmpty();
        assertThat(journal.listFlows(ACME, null, 10)).isEmpty();
        assertThat(journal.references(ACME)).isEmpty();
        assertThat(journal.unfinished()).isEmpty();
        assertThat(journal.tenants()).isEmpty();
        assertThat(journal.purge(ACME, List.of(new RunId(1)))).isZero();
    }

    @Test
    void whatIsCommittedIsReadBackAlsoAfterReopening() throws Exception {
        RunRow row = row(7, RunState.RUNNING);
        RunRow end = with(row, RunState.FAILED);
        journal.commit(commit(start(row, "one")));
        journal.commit(commit(append(row, false, 1, "two"), start(row(8, RunState.QUEUED), "b")));
        journal.commit(commit(append(end, true, 2, "three")));
        for (int round = 0; round < 2; round++) {
            assertThat(texts(ACME, 7)).containsExactly("one", "two", "three");
            assertThat(texts(ACME, 8)).containsExactly("b");
            assertThat(journal.find(ACME, row.id())).isEqualTo(end);
            journal.close();
            journal = open();
        }
    }

    @Test
    void aRowKeepsEveryField() throws Exception {
        String key = "key with 'quotes', ünïcode and \u0001";
        RunRow row =
                new RunRow(
                        ACME,
                        new RunId(Long.MAX_VALUE),
                        FLOW,
                        1_000_000,
                        RunState.PAUSED,
                        1_800_000_000_123_456L,
                        1_800_000_000_223_456L,
                        0,
                        key,
                        new RunId(99));
        journal.commit(commit(start(row, "x")));
        assertThat(journal.find(ACME, row.id())).isEqualTo(row);
        assertThat(journal.list(ACME, all(1))).containsExactly(row);
        assertThat(journal.unfinished()).containsExactly(row);
        assertThat(journal.findByKey(ACME, FLOW, key)).isEqualTo(row);
    }

    @Test
    void payloadsAreOpaqueEmptyOrLarge() throws Exception {
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        RunRow row = row(7, RunState.RUNNING);
        journal.commit(new Commit(List.of(append(row, true, 0, new byte[0]))));
        journal.commit(new Commit(List.of(append(row, false, 1, large))));
        assertThat(journal.events(ACME, row.id()))
                .satisfiesExactly(
                        empty -> assertThat(empty).isEmpty(),
                        big -> assertThat(big).isEqualTo(large));
    }

    @Test
    void aRowThatDidNotChangeStays() throws Exception {
        RunRow row = row(7, RunState.RUNNING);
        journal.commit(commit(start(row, "x")));
        journal.commit(commit(append(with(row, RunState.FAILED), false, 1, "y")));
        assertThat(journal.find(ACME, row.id())).isEqualTo(row);
    }

    @Test
    void aSecondEventWithTheSameNumberIsRefusedAndNothingIsWritten() throws Exception {
        RunRow row = row(7, RunState.RUNNING);
        journal.commit(commit(start(row, "x")));
        journal.commit(commit(append(row, false, 1, "y")));
        refused(
                start(row(8, RunState.RUNNING), "other"),
                append(with(row, RunState.FAILED), true, 1, "z"));
        assertThat(texts(ACME, 7)).containsExactly("x", "y");
        assertThat(texts(ACME, 8)).isEmpty();
        assertThat(journal.find(ACME, row.id())).isEqualTo(row);
        assertThat(journal.find(ACME, new RunId(8))).isNull();
    }

    @Test
    void aSecondRunWithTheSameIdIsRefusedAndNothingIsWritten() throws Exception {
        journal.commit(commit(start(row(7, RunState.RUNNING), "x")));
        refused(start(row(8, RunState.RUNNING), "y"), start(row(7, RunState.QUEUED), "z"));
        assertThat(texts(ACME, 7)).containsExactly("x");
        assertThat(journal.list(ACME, all(10))).hasSize(1);
    }

    @Test
    void aChangeToARunThatIsNotThereIsRefusedAndNothingIsWritten() throws Exception {
        refused(
                start(row(8, RunState.RUNNING), "y"),
                append(row(7, RunState.SUCCEEDED), true, 1, "x"));
        assertThat(journal.list(ACME, all(10))).isEmpty();
        assertThat(texts(ACME, 7)).isEmpty();
    }

    @Test
    void anIdempotencyKeyIsUniqueInItsTenantAndFlow() throws Exception {
        RunRow first = keyed(ACME, 7, FLOW, "k");
        RunRow otherFlow = keyed(ACME, 8, SECOND, "k");
        RunRow otherTenant = keyed(OTHER, 9, FLOW, "k");
        journal.commit(commit(start(first, "a"), start(otherFlow, "b"), start(otherTenant, "c")));
        refused(start(row(11, RunState.QUEUED), "d"), start(keyed(ACME, 12, FLOW, "k"), "e"));
        refused(start(keyed(ACME, 13, FLOW, "n"), "f"), start(keyed(ACME, 14, FLOW, "n"), "g"));
        assertThat(journal.findByKey(ACME, FLOW, "k")).isEqualTo(first);
        assertThat(journal.findByKey(ACME, SECOND, "k")).isEqualTo(otherFlow);
        assertThat(journal.findByKey(OTHER, FLOW, "k")).isEqualTo(otherTenant);
        assertThat(journal.findByKey(ACME, FLOW, "n")).isNull();
        assertThat(journal.list(ACME, all(10))).hasSize(2);
    }

    @Test
    void theJournalWorksOnAfterARefusal() throws Exception {
        RunRow row = keyed(ACME, 7, FLOW, "k");
        refused(start(row, "a"), start(keyed(ACME, 8, FLOW, "k"), "b"));
        journal.commit(commit(start(row, "c")));
        assertThat(texts(ACME, 7)).containsExactly("c");
        assertThat(journal.findByKey(ACME, FLOW, "k")).isEqualTo(row);
        assertThat(journal.tenants()).containsExactly(ACME);
    }

    @Test
    void oneTenantSeesNothingOfAnother() throws Exception {
        RunRow row = row(7, RunState.RUNNING);
        journal.commit(
                new Commit(
                        List.of(
                                new Append(
                                        row,
                                        true,
                                        0,
                                        "x".getBytes(UTF_8),
                                        List.of(digest("a")),
                                        List.of(entry("k", 7, "out"))))));
        journal.saveFlow(ACME, FLOW, "text".getBytes(UTF_8), "/flows", "ann", 1);
        assertThat(texts(OTHER, 7)).isEmpty();
        assertThat(journal.find(OTHER, row.id())).isNull();
        assertThat(journal.list(OTHER, all(10))).isEmpty();
        assertThat(journal.references(OTHER)).isEmpty();
        assertThat(journal.findCached(OTHER, digest("k"))).isNull();
        assertThat(journal.findFlow(OTHER, FLOW, null)).isNull();
        assertThat(journal.purge(OTHER, List.of(row.id()))).isZero();
        RunRow same = new RunRow(OTHER, row.id(), SECOND, 1, RunState.QUEUED, 1, 0, 0, null, null);
        journal.commit(commit(start(same, "y")));
        assertThat(texts(ACME, 7)).containsExactly("x");
        assertThat(texts(OTHER, 7)).containsExactly("y");
        assertThat(journal.find(OTHER, row.id())).isEqualTo(same);
        assertThat(journal.tenants()).containsExactly(ACME, OTHER);
    }

    @Test
    void unfinishedRunsOfAllTenantsComeOldestFirst() throws Exception {
        journal.commit(
                commit(
                        start(row(9, RunState.QUEUED), "a"),
                        start(row(3, RunState.SUCCEEDED), "b"),
                        start(row(4, RunState.PAUSED), "c"),
                        start(row(5, RunState.CANCELLED), "d"),
                        start(row(6, RunState.FAILED), "e"),
                        start(keyed(OTHER, 2, FLOW, "k"), "f"),
                        start(row(8, RunState.RUNNING), "g")));
        assertThat(journal.unfinished())
                .extracting(row -> row.id().value())
                .containsExactly(2L, 4L, 8L, 9L);
        journal.commit(commit(append(row(8, RunState.SUCCEEDED), true, 1, "end")));
        assertThat(journal.unfinished())
                .extracting(row -> row.id().value())
                .containsExactly(2L, 4L, 9L);
    }

    @Test
    void aListingPagesFromTheNewestAndFilters() throws Exception {
        RunState[] states = RunState.values();
        for (int i = 1; i <= 60; i++) {
            FlowId flow = i % 2 == 0 ? FLOW : SECOND;
            RunState state = states[i % states.length];
            journal.commit(
                    commit(
                            start(
                                    new RunRow(
                                            ACME,
                                            new RunId(i),
                                            flow,
                                            1,
                                            state,
                                            i,
                                            0,
                                            0,
                                            null,
                                            null),
                                    "x")));
        }
        assertThat(ids(all(3))).containsExactly(60L, 59L, 58L);
        assertThat(ids(new RunQuery(null, null, new RunId(58), 3))).containsExactly(57L, 56L, 55L);
        assertThat(ids(new RunQuery(FLOW, null, new RunId(58), 2))).containsExactly(56L, 54L);
        for (RunState state : states) {
            assertThat(ids(new RunQuery(null, state, null, 1000)))
                    .hasSize(10)
                    .isSortedAccordingTo((a, b) -> Long.compare(b, a))
                    .allMatch(id -> states[(int) (id % states.length)] == state);
        }
        assertThat(ids(new RunQuery(FLOW, RunState.SUCCEEDED, null, 10))).isEmpty();
        assertThat(ids(new RunQuery(SECOND, RunState.SUCCEEDED, new RunId(57), 2)))
                .containsExactly(51L, 45L);
        assertThat(ids(new RunQuery(new FlowId("unknown"), null, null, 10))).isEmpty();
        for (int limit : new int[] {0, -1, 1001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> journal.list(ACME, all(limit)))
                    .withMessageContaining("limit: " + limit);
        }
    }

    @Test
    void purgingRemovesEndedRunsWithAllTheyHad() throws Exception {
        RunRow ended = keyed(ACME, 7, FLOW, "k");
        journal.commit(
                new Commit(
                        List.of(
                                new Append(
                                        with(ended, RunState.SUCCEEDED),
                                        true,
                                        0,
                                        "x".getBytes(UTF_8),
                                        List.of(digest("a"), digest("shared")),
                                        List.of(entry("e", 7, "out"))),
                                new Append(
                                        row(8, RunState.RUNNING),
                                        true,
                                        0,
                                        "y".getBytes(UTF_8),
                                        List.of(digest("b"), digest("shared")),
                                        List.of(entry("f", 8, "out"))))));
        int purged = journal.purge(ACME, List.of(new RunId(7), new RunId(8), new RunId(999)));
        assertThat(purged).isEqualTo(1);
        assertThat(journal.find(ACME, new RunId(7))).isNull();
        assertThat(texts(ACME, 7)).isEmpty();
        assertThat(journal.findByKey(ACME, FLOW, "k")).isNull();
        assertThat(journal.findCached(ACME, digest("e"))).isNull();
        assertThat(journal.references(ACME))
                .containsExactlyInAnyOrder(digest("b"), digest("shared"));
        assertThat(texts(ACME, 8)).containsExactly("y");
        assertThat(journal.findCached(ACME, digest("f"))).isNotNull();
        journal.commit(commit(start(ended, "again")));
        assertThat(texts(ACME, 7)).containsExactly("again");
    }

    @Test
    void aThousandRunsArePurgedAtOnce() throws Exception {
        List<Append> appends =
                LongStream.rangeClosed(1, 1000)
                        .mapToObj(id -> start(row(id, RunState.SUCCEEDED), "x"))
                        .toList();
        journal.commit(new Commit(appends));
        assertThat(journal.purge(ACME, appends.stream().map(a -> a.row().id()).toList()))
                .isEqualTo(1000);
        assertThat(journal.list(ACME, all(10))).isEmpty();
    }

    @Test
    void theSameReferenceAndCacheKeyMayComeAgain() throws Exception {
        RunRow row = row(7, RunState.RUNNING);
        journal.commit(
                new Commit(
                        List.of(
                                new Append(
                                        row,
                                        true,
                                        0,
                                        new byte[] {1},
                                        List.of(digest("a"), digest("a")),
                                        List.of(entry("e", 7, "old"))))));
        journal.commit(
                new Commit(
                        List.of(
                                new Append(
                                        row,
                                        false,
                                        1,
                                        new byte[] {2},
                                        List.of(digest("a")),
                                        List.of()),
                                new Append(
                                        row(8, RunState.RUNNING),
                                        true,
                                        0,
                                        new byte[] {3},
                                        List.of(),
                                        List.of(entry("e", 8, "new"))))));
        assertThat(journal.references(ACME)).containsExactly(digest("a"));
        CacheEntry found = Objects.requireNonNull(journal.findCached(ACME, digest("e")));
        assertThat(found.run()).isEqualTo(new RunId(8));
        assertThat(found.outputs()).isEqualTo("new".getBytes(UTF_8));
        assertThat(found.key()).isEqualTo(digest("e"));
    }

    @Test
    void aFlowGetsAVersionOnlyWhenItsTextOrFolderChanges() throws Exception {
        byte[] one = "one".getBytes(UTF_8);
        byte[] two = "two".getBytes(UTF_8);
        assertThat(journal.saveFlow(ACME, FLOW, one, "/flows", "ann", 10)).isEqualTo(1);
        assertThat(journal.saveFlow(ACME, FLOW, one, "/flows", "bob", 20)).isEqualTo(1);
        assertThat(journal.saveFlow(ACME, FLOW, two, "/flows", "bob", 30)).isEqualTo(2);
        assertThat(journal.saveFlow(ACME, FLOW, one, "/flows", "ann", 40)).isEqualTo(3);
        assertThat(journal.saveFlow(OTHER, FLOW, two, "/flows", "eve", 50)).isEqualTo(1);
        assertThat(journal.saveFlow(OTHER, FLOW, two, "/moved", "eve", 60)).isEqualTo(2);
        journal.close();
        journal = open();
        flow(journal.findFlow(ACME, FLOW, 1), 1, one, "ann", 10);
        flow(journal.findFlow(ACME, FLOW, 2), 2, two, "bob", 30);
        flow(journal.findFlow(ACME, FLOW, null), 3, one, "ann", 40);
        flow(journal.findFlow(OTHER, FLOW, 1), 1, two, "eve", 50);
        assertThat(journal.findFlow(OTHER, FLOW, null))
                .extracting(FlowVersion::folder)
                .isEqualTo("/moved");
        assertThat(journal.findFlow(ACME, FLOW, 4)).isNull();
        assertThat(journal.findFlow(ACME, FLOW, 0)).isNull();
    }

    @Test
    void flowsAreListedByNameInPagesWithTheirNewestVersion() throws Exception {
        for (String name : List.of("delta", "alpha", "charlie", "bravo")) {
            journal.saveFlow(ACME, new FlowId(name), "1".getBytes(UTF_8), "/flows", "ann", 1);
        }
        journal.saveFlow(ACME, new FlowId("bravo"), "2".getBytes(UTF_8), "/flows", "ann", 2);
        journal.commit(commit(start(row(7, RunState.RUNNING), "a run of a flow without text")));
        List<FlowVersion> page = journal.listFlows(ACME, null, 2);
        assertThat(page).extracting(f -> f.flow().value()).containsExactly("alpha", "bravo");
        assertThat(page).extracting(FlowVersion::version).containsExactly(1, 2);
        assertThat(journal.listFlows(ACME, new FlowId("bravo"), 10))
                .extracting(f -> f.flow().value())
                .containsExactly("charlie", "delta");
    }

    @Test
    void queriesBesideCommitsSeeWholeCommitsOnly()
            throws ExecutionException, InterruptedException, StoreException {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                readers.add(
                        threads.submit(() -> {
                            int seen = 0;
                            while (!done.get()) {
                                int now = journal.list(ACME, all(1000)).size();
                                assertThat(now % 5).isZero();
                                assertThat(now).isGreaterThanOrEqualTo(seen);
                                seen = now;
                            }
                            return seen;
                        }));
            }
            try {
                for (int commit = 0; commit < 30; commit++) {
                    long first = 1 + commit * 5L;
                    journal.commit(
                            new Commit(
                                    LongStream.range(first, first + 5)
                                            .mapToObj(id -> start(row(id, RunState.RUNNING), "x"))
                                            .toList()));
                    // The one who committed sees it at once.
                    assertThat(journal.find(ACME, new RunId(first + 4))).isNotNull();
                }
            } finally {
                done.set(true);
            }
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isLessThanOrEqualTo(150);
            }
        }
    }

    @Test
    void aTieOfAgeBetweenTenantsGoesByTheirNames() throws Exception {
        journal.commit(commit(start(keyed(OTHER, 7, FLOW, "k"), "a")));
        journal.commit(commit(start(keyed(ACME, 7, FLOW, "k"), "b")));
        assertThat(journal.unfinished()).extracting(RunRow::tenant).containsExactly(ACME, OTHER);
    }

    private void refused(Append... appends) {
        assertThatThrownBy(() -> journal.commit(commit(appends)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("nothing was written");
    }

    private static void flow(
            @Nullable FlowVersion flow, int version, byte[] text, String author, long atMicros) {
        FlowVersion found = Objects.requireNonNull(flow);
        assertThat(found.flow()).isEqualTo(FLOW);
        assertThat(found.version()).isEqualTo(version);
        assertThat(found.text()).isEqualTo(text);
        assertThat(found.digest()).isEqualTo(Digest.of(text));
        assertThat(found.author()).isEqualTo(author);
        assertThat(found.atMicros()).isEqualTo(atMicros);
    }

    private List<Long> ids(RunQuery query) throws StoreException {
        return journal.list(ACME, query).stream().map(row -> row.id().value()).toList();
    }

    private List<String> texts(TenantId tenant, long run) throws StoreException {
        return journal.events(tenant, new RunId(run)).stream()
                .map(bytes -> new String(bytes, UTF_8))
                .toList();
    }
}
