package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.testkit.FakeTaskContext;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlTaskTest {
    @TempDir Path root;
    private static final SqlTask SQL = new SqlTask(new SqlParser());

    // --- what is known from the text

    @Test
    void theTablesOfAQueryAreFound() {
        assertThat(
                        tables(
                                """
                                WITH c AS (SELECT * FROM raw), d AS (SELECT * FROM c)
                                SELECT a, (SELECT max(b) FROM Other), 'FROM nothing' -- FROM none
                                FROM d JOIN split.train t USING (a), range(10) r(i)
                                WHERE EXISTS (FROM z) ORDER BY (SELECT 1 FROM y)
                                """))
                .containsExactlyInAnyOrder("raw", "other", "split.train", "z", "y");
    }

    @Test
    void aNameOfWithHidesATableOnlyWhereItIsVisible() {
        assertThat(tables("WITH raw AS (SELECT * FROM raw) SELECT * FROM raw"))
                .containsExactly("raw");
        assertThat(tables("SELECT * FROM (WITH c AS (SELECT 1) FROM c), c")).containsExactly("c");
        assertThat(
                        tables(
                                "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM t, lim"
                                        + " WHERE n < 5) FROM t"))
                .containsExactly("lim");
        assertThat(tables("FROM a UNION ALL FROM b EXCEPT SELECT * FROM c"))
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void expressionsStandForValues() {
        assertThat(
                        tables(
                                "SELECT * FROM raw WHERE a > ${{ inputs.min }} AND s ="
                                        + " ${{ '}}' + \"x\" }} LIMIT ${{ inputs.n }}"))
                .containsExactly("raw");
    }

    @Test
    void whatDuckDbCannotShowHasNoTablesAndIsNoMistake() {
        TaskType.Shape shape = shape("PIVOT raw ON a USING sum(b)");
        assertThat(shape.problems()).isEmpty();
        assertThat(shape.tables()).isEmpty();
    }

    @Test
    void whatChangesSomethingIsRefused() {
        for (String query :
                List.of(
                        "DROP TABLE raw",
                        "COPY raw TO 'x.csv'",
                        "INSERT INTO raw VALUES (1)",
                        "SET threads = 4",
                        "ATTACH 'x.db'",
                        "CREATE TABLE t AS SELECT 1",
                        "SELECT 1; DROP TABLE raw",
                        "PIVOT raw ON a USING sum(b); DROP TABLE raw")) {
            assertThat(problem(query)).isEqualTo("query: expected one SELECT and nothing else");
        }
        assertThat(shape("PIVOT raw ON a USING sum(b) ;\n").problems()).isEmpty();
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        assertThat(SQL.shape(config("SELECT a FRM raw WHERE", true)).problems())
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.mark()).isEqualTo(new Mark(7, 10 + 13));
                    assertThat(p.message()).isEqualTo("query: syntax error at or near \"raw\"");
                });
        assertThat(problem("SELECT 'äö', ${{ x }}\n  FRM FROM")).contains("line 2, column ");
        assertThat(problem("SELECT 1; SELECT 2")).contains("2 statements (expected: one SELECT)");
        assertThat(problem(" -- nothing")).contains("it is empty");
        assertThat(problem("SELECT $1")).contains("a parameter ($name or ?) that nothing fills");
    }

    @Test
    void anExpressionInsideQuotesIsRefused() {
        String query = "SELECT * FROM raw WHERE name = '${{ inputs.name }}'";
        assertThat(problem(query)).containsAnyOf("inside quotes", "syntax error");
        assertThat(problem("SELECT 'a ${{ x }} b'")).contains("inside quotes");
        assertThat(problem("SELECT 1 -- ${{ x }}")).contains("inside quotes or a comment");
        assertThat(problem("SELECT \"${{ x }}\" FROM raw")).contains("inside quotes");
        assertThat(problem("SELECT $$ ${{ x }} $$")).contains("inside quotes");
    }

    @Test
    void twoThousandQueriesAreCheckedQuickly() {
        shape("SELECT 1");
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < 2_000; i++) {
            assertThat(shape("SELECT a, b + " + i + " FROM t" + i + " WHERE c > 5").tables())
                    .containsExactly("t" + i);
        }
        long millis = (threads.getCurrentThreadCpuTime() - start) / 1_000_000;
        System.out.println("2,000 queries parsed in " + millis + " ms of processor time");
        // Half a second as a rule; the rest is for slower machines and cold code.
        assertThat(millis).isLessThan(2_000);
    }

    // --- what is run

    @Test
    void valuesAreBoundAndNeverRead() throws Exception {
        FakeTaskContext context =
                context(
                        new Value.ListOf(
                                List.of(
                                        Value.of("SELECT"),
                                        Value.of("x'; DROP TABLE t; -- \\ \" ${{ 1 }}"),
                                        Value.of(" AS s, 5 -"),
                                        Value.of(-3),
                                        Value.of(" AS i,"),
                                        Value.of(1.5),
                                        Value.of(" AS d,"),
                                        Value.Null.NULL,
                                        Value.of(" AS n,"),
                                        Value.of(true),
                                        Value.of(" AS b,"),
                                        new Value.ListOf(List.of(Value.of(1), Value.of(2))),
                                        Value.of(" AS l LIMIT"),
                                        Value.of(7))));
        assertThat(rows(context))
                .containsExactly(
                        "{s=x'; DROP TABLE t; -- \\ \" ${{ 1 }}, i=8, d=1.5, n=null, b=true,"
                                + " l=[1, 2]}");
    }

    @Test
    void aValueCannotLeaveItsQuotes() {
        FakeTaskContext context =
                context(
                        new Value.ListOf(
                                List.of(
                                        Value.of("SELECT * FROM t WHERE n = '"),
                                        Value.of(" OR 1=1 --"),
                                        Value.of("'"))));
        assertThatThrownBy(() -> SQL.run(context)).isInstanceOf(TaskException.class);
    }

    @Test
    void tablesAndValuesHaveTheirNames() throws Exception {
        Value.Artifact one = make("SELECT 1 AS a, 'x' AS s");
        FakeTaskContext context =
                context(
                                "FROM clean JOIN choose.features USING (a) WHERE clean.s = getvariable('letter')")
                        .input("clean", one)
                        .input("choose.features", one)
                        .input("letter", Value.of("x"));
        assertThat(rows(context)).containsExactly("{a=1, s=x, s_2=x}");
    }

    @Test
    void aTrailingSemicolonAndCommentsDoNoHarm() throws Exception {
        assertThat(rows(context("SELECT ';' AS a; -- done; really\n"))).containsExactly("{a=;}");
        assertThat(rows(context("SELECT 1 AS a -- the end"))).containsExactly("{a=1}");
        assertThat(rows(context("PIVOT (SELECT 1 AS k, 'x' AS n) ON n USING count(*);")))
                .containsExactly("{k=1, x=1}");
    }

    @Test
    void theResultKeepsItsOrderAndWideIntegersTheirDigits() throws Exception {
        assertThat(
                        rows(
                                context(
                                        "SELECT sum(i::HUGEINT * 9007199254740993) AS s, i FROM"
                                                + " range(3) t(i) GROUP BY i ORDER BY i DESC")))
                .containsExactly(
                        "{s=18014398509481986, i=2}", "{s=9007199254740993, i=1}", "{s=0, i=0}");
    }

    @Test
    void anErrorIsToldInTheQuerysOwnLinesAndWithoutFolders() throws Exception {
        FakeTaskContext context =
                context("SELECT a,\n  nope FROM clean")
                        .input("clean", make("SELECT 1 AS a, 'x' AS s"));
        assertThatThrownBy(() -> SQL.run(context))
                .hasMessageContaining("query: Referenced column \"nope\" not found")
                .hasMessageContaining("(line 2, column 3 of the query)")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(root.toString()));
    }

    @Test
    void aTaskInAGroupHasItsPath() throws Exception {
        Value.Artifact one = make("SELECT 1 AS a");
        FakeTaskContext context =
                context("FROM prep.clean JOIN prep.clean.extra USING (a) JOIN plain USING (a)")
                        .input("prep.clean", one)
                        .input("prep.clean.extra", one)
                        .input("plain", one);
        assertThat(rows(context)).containsExactly("{a=1}");
    }

    @Test
    void anErrorBesideAValueIsToldByItsLine() {
        FakeTaskContext context =
                context(
                        new Value.ListOf(
                                List.of(
                                        Value.of("SELECT 1 AS a\nWHERE a > "),
                                        Value.of(5),
                                        Value.of(" AND nope"))));
        assertThatThrownBy(() -> SQL.run(context))
                .hasMessageContaining("(line 2 of the query)")
                .hasMessageContaining("nope");
    }

    @Test
    void anInterruptCancelsTheQueryAndTheEngineStaysWell() throws Exception {
        FakeTaskContext context =
                context(
                        "SELECT sum(hash(a.i * b.i)::HUGEINT) FROM range(2000000) a(i), range(2000000) b(i)");
        Throwable[] thrown = new Throwable[1];
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                SQL.run(context);
                            } catch (Throwable e) {
                                thrown[0] = e;
                            }
                        });
        thread.join(java.time.Duration.ofMillis(1300));
        assertThat(thread.isAlive()).isTrue();
        thread.interrupt();
        assertThat(thread.join(java.time.Duration.ofSeconds(10))).isTrue();
        assertThat(thrown[0]).isInstanceOf(InterruptedException.class);
        assertThat(context.progress()).isNotEmpty();
        assertThat(rows(context("SELECT 1 AS a"))).containsExactly("{a=1}");
    }

    @Test
    void aQueryThatNeedsMoreThanItsMemorySpillsOrSaysSo() throws Exception {
        FakeTaskContext context =
                context("SELECT i, md5(i::VARCHAR) AS h FROM range(1500000) t(i) ORDER BY h")
                        .resources(new Resources(1, 64L << 20, 2L << 30, 0));
        assertThat(((Outcome.Succeeded) SQL.run(context)).outputs().get("rows"))
                .isEqualTo(Value.of(1_500_000));
        FakeTaskContext tight =
                context("SELECT i, md5(i::VARCHAR) AS h FROM range(1500000) t(i) ORDER BY h")
                        .resources(new Resources(1, 64L << 20, 1L << 20, 0));
        assertThatThrownBy(() -> SQL.run(tight))
                .hasMessageContaining("raise resources: {memory, disk}");
    }

    private TaskType.Shape shape(String query) {
        return SQL.shape(config(query, false));
    }

    private java.util.Set<String> tables(String query) {
        TaskType.Shape shape = shape(query);
        assertThat(shape.problems()).isEmpty();
        return shape.tables();
    }

    private String problem(String query) {
        List<dev.sluice.model.Problem> problems = shape(query).problems();
        assertThat(problems).as(query).hasSize(1);
        return problems.getFirst().message();
    }

    private static Node.Map config(String query, boolean plain) {
        Node.Scalar scalar = new Node.Scalar(new Mark(7, 10), Value.of(query), query, plain);
        return new Node.Map(
                new Mark(7, 3), List.of(new Node.Entry(new Mark(7, 3), "query", scalar)));
    }

    private FakeTaskContext context(String query) {
        return context(Value.of(query));
    }

    private FakeTaskContext context(Value query) {
        return new FakeTaskContext(root).with("query", query);
    }

    private Value.Artifact make(String query) throws Exception {
        Map<String, Value> outputs = ((Outcome.Succeeded) SQL.run(context(query))).outputs();
        return (Value.Artifact) outputs.get("table");
    }

    private List<String> rows(FakeTaskContext context) throws Exception {
        Map<String, Value> outputs = ((Outcome.Succeeded) SQL.run(context)).outputs();
        Path file = context.path((Value.Artifact) outputs.get("table"));
        Path copy =
                Files.copy(
                        file,
                        root.resolve("shown.parquet"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return new DuckTables().preview(copy, 20).stream().map(v -> v.toJava().toString()).toList();
    }
}
