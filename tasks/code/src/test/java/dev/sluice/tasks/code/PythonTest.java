package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Value;
import dev.sluice.model.Value.Column;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonTest {
    @TempDir Path root;
    Bench bench;

    @BeforeEach
    void setUp() {
        bench = new Bench(root, "python");
    }

    @Test
    void aTableIsReadAndATableAndAValueAreWritten() throws Exception {
        Map<String, Value> outputs =
                bench.table(
                                "clean",
                                List.of(new Column("id", "BIGINT"), new Column("x", "DOUBLE")),
                                "{\"id\":1,\"x\":0.5}",
                                "{\"id\":2,\"x\":1}")
                        .script(
                                """
                                import sluice
                                rows = list(sluice.rows("clean"))
                                sluice.table("features", ({"id": r["id"], "y": r["x"] * 2} for r in rows))
                                sluice.value(auc=0.83, n=len(rows))
                                """)
                        .run();
        Value.Artifact features = (Value.Artifact) outputs.get("features");
        assertThat(features.table())
                .isEqualTo(
                        new Value.TableInfo(
                                List.of(new Column("id", "BIGINT"), new Column("y", "DOUBLE")), 2));
        assertThat(bench.rows(features))
                .containsExactly("{\"id\":1,\"y\":1.0}", "{\"id\":2,\"y\":2.0}");
        assertThat(outputs.get("auc")).isEqualTo(Value.of(0.83));
        assertThat(outputs.get("n")).isEqualTo(Value.of(2));
    }

    @Test
    void cellsKeepTheirTypesThereAndBack() throws Exception {
        List<Column> columns =
                List.of(
                        new Column("big", "HUGEINT"),
                        new Column("price", "DECIMAL(18,2)"),
                        new Column("day", "DATE"),
                        new Column("at", "TIMESTAMP"),
                        new Column("zoned", "TIMESTAMP WITH TIME ZONE"),
                        new Column("clock", "TIME"),
                        new Column("ok", "BOOLEAN"),
                        new Column("tags", "VARCHAR[]"),
                        new Column("bytes", "BLOB"),
                        new Column("none", "VARCHAR"));
        Map<String, Value> outputs =
                bench.table(
                                "clean",
                                columns,
                                "{\"big\":170141183460469231731687303715884105727,\"price\":\"12.30\","
                                        + "\"day\":\"2024-02-29\",\"at\":\"2024-02-29 12:00:00.5\","
                                        + "\"zoned\":\"2024-02-29 12:00:00+02\",\"clock\":\"23:59:59.000001\","
                                        + "\"ok\":true,\"tags\":[\"a\",null],\"bytes\":\"AP8=\",\"none\":null}")
                        .script(
                                """
                                import sluice, datetime as d, decimal
                                (row,) = sluice.rows("clean")
                                assert row["big"] == 2**127 - 1
                                assert row["price"] == decimal.Decimal("12.30")
                                assert str(row["price"]) == "12.30"
                                assert row["day"] == d.date(2024, 2, 29)
                                assert row["at"] == d.datetime(2024, 2, 29, 12, 0, 0, 500000)
                                assert row["zoned"].utcoffset() == d.timedelta(hours=2)
                                assert row["clock"] == d.time(23, 59, 59, 1)
                                assert row["bytes"] == bytes([0, 255])
                                assert row["ok"] is True and row["none"] is None
                                assert sluice.columns("clean")["price"] == "DECIMAL(18,2)"
                                sluice.table("copy", [row])
                                """)
                        .run();
        Value.Artifact copy = (Value.Artifact) outputs.get("copy");
        assertThat(copy.table().columns()).isEqualTo(columns);
        assertThat(bench.rows(copy).getFirst())
                .contains("170141183460469231731687303715884105727")
                .contains("\"price\":\"12.30\"")
                .contains("\"at\":\"2024-02-29 12:00:00.500000\"");
    }

    @Test
    void anErrorIsToldInOneLineWithItsPlaceAndWholeInTheLog() {
        bench.script(
                """
                import sluice

                def half(x):
                    return x / 0

                print("before")
                half(4)
                """);
        assertThat(bench.fails()).hasMessage("ZeroDivisionError: division by zero (task.py:4)");
        assertThat(bench.context.lines())
                .startsWith("before", "Traceback (most recent call last):")
                .contains("  File \"task.py\", line 7, in <module>", "    return x / 0")
                .noneMatch(line -> line.contains("_sluice_main"));
    }

    @Test
    void aSyntaxErrorIsToldWithItsLine() {
        bench.script("x = 1\nif x\n    pass\n");
        assertThat(bench.fails().getMessage()).startsWith("SyntaxError: ").endsWith("(task.py:2)");
    }

    @Test
    void aMistakeWithTheHelperIsToldWithoutItsInsides() throws Exception {
        bench.table("clean", List.of(new Column("a", "BIGINT")), "{\"a\":1}")
                .script("import sluice\n\nlist(sluice.rows('claen'))\n");
        assertThat(bench.fails())
                .hasMessage(
                        "no table \"claen\": this task has the tables clean; did you mean \"clean\"?"
                                + " (task.py:3)");
        assertThat(bench.context.lines())
                .contains("    list(sluice.rows('claen'))")
                .noneMatch(line -> line.contains("raise SluiceError"));
    }

    @Test
    void anExitCodeIsToldWithTheLastLineOfStderr() {
        bench.script("import sys\nprint('no more licences', file=sys.stderr)\nexit(3)\n");
        assertThat(bench.fails())
                .hasMessage("exit code 3; last stderr line: no more licences")
                .matches(dev.sluice.spi.TaskException::isRetryable);
    }

    @Test
    void mixedTypesInAColumnAreRefusedWithTheRow() {
        bench.script("import sluice\nsluice.table('t', [{'a': 1}, {'a': None}, {'a': 'x'}])\n");
        assertThat(bench.fails())
                .hasMessage(
                        "sluice.table(\"t\"): column \"a\" holds integers and then, in row 3, text: 'x';"
                                + " convert them to one type, or say columns={\"a\": \"VARCHAR\", ...}"
                                + " (task.py:2)");
    }

    @Test
    void columnsWidenWherePythonsTypesDo() throws Exception {
        Map<String, Value> outputs =
                bench.script(
                                """
                                import sluice, decimal as d, datetime as t
                                sluice.table("wide", [
                                    {"a": 1, "b": 1, "c": d.Decimal("1.5"), "d": t.date(2024, 1, 2)},
                                    {"a": 2**64, "b": .5, "c": d.Decimal("12345678901234567.25"),
                                     "d": t.datetime(2024, 1, 2, 3), "late": [1, None], "m": {"k": [1, "x"]}},
                                ])
                                sluice.table("empty", [], columns={"id": int, "name": "varchar"})
                                """)
                        .run();
        assertThat(((Value.Artifact) outputs.get("wide")).table().columns())
                .containsExactly(
                        new Column("a", "HUGEINT"),
                        new Column("b", "DOUBLE"),
                        new Column("c", "DECIMAL(38,2)"),
                        new Column("d", "TIMESTAMP"),
                        new Column("late", "BIGINT[]"),
                        new Column("m", "JSON"));
        assertThat(((Value.Artifact) outputs.get("empty")).table())
                .isEqualTo(
                        new Value.TableInfo(
                                List.of(new Column("id", "BIGINT"), new Column("name", "VARCHAR")),
                                0));
    }

    @Test
    void notANumberIsRefusedInTablesValuesAndMetrics() {
        assertThat(failure("sluice.table('t', [{'a': 1.5}, {'a': float('nan')}])"))
                .contains("column \"a\", row 2: nan (expected: a finite number, or None");
        assertThat(failure("sluice.value(auc=[1, float('inf')])"))
                .contains("inf (expected: a finite number; JSON has no inf)");
        assertThat(failure("sluice.metric(auc=float('nan'))")).contains("expected a finite number");
        assertThat(failure("sluice.value(n=2**64)")).contains("beyond 64 bits");
        assertThat(failure("sluice.value(s={1, 2})")).contains("a set (expected: None, bool");
        assertThat(failure("sluice.table('t', [])"))
                .contains("no rows, so the columns are unknown");
        assertThat(failure("sluice.table('t', [{'a': {1}}])")).contains("row 1: {1}, a set");
        assertThat(failure("sluice.table('t', [3])")).contains("row 1 is a int (expected: a dict)");
        assertThat(failure("sluice.table('t', [{'a': 1}], columns={'b': int})"))
                .contains("row 1 has a column \"a\" that columns= does not name");
    }

    @Test
    void aFrameIsReadAndWrittenWherePandasIs() throws Exception {
        bench.table("clean", List.of(new Column("a", "BIGINT")), "{\"a\":1}", "{\"a\":null}")
                .script(
                        """
                        import sluice
                        df = sluice.frame("clean")
                        df["b"] = df.a * 0.5
                        sluice.table("out", df, columns={"a": int, "b": float})
                        """);
        Map<String, Value> outputs;
        try {
            outputs = bench.run();
        } catch (dev.sluice.spi.TaskException e) {
            assertThat(e.getMessage())
                    .startsWith("sluice.frame needs pandas, which /")
                    .contains("use sluice.rows(), which needs nothing, or install it with: /")
                    .endsWith("-m pip install pandas (task.py:2)");
            System.err.println("SKIPPED: this Python has no pandas");
            org.junit.jupiter.api.Assumptions.abort("no pandas");
            return;
        }
        assertThat(bench.rows(outputs.get("out")))
                .containsExactly("{\"a\":1,\"b\":0.5}", "{\"a\":null,\"b\":null}");
    }

    @Test
    void columnsThatDifferInCaseAloneAreRefused() {
        assertThat(failure("sluice.table('t', [{'a': 1, 'A': 2}])"))
                .contains("the columns \"a\" and \"A\" differ in case alone");
    }

    private String failure(String line) {
        Bench fresh = new Bench(root.resolve("at" + System.nanoTime()), "python");
        return fresh.script("import sluice\n" + line + "\n").fails().getMessage();
    }

    @Test
    void filesComeInByPathAndGoOutByStem() throws Exception {
        Map<String, Value> outputs =
                bench.file("samples", "samples.csv", "a,b\n1,2\n")
                        .script(
                                """
                                import sluice
                                assert sluice.path("samples").endswith("/samples.csv")
                                with open(sluice.path("samples")) as f: text = f.read()
                                with open(sluice.file("model.json"), "w") as f: f.write("{}")
                                with open(sluice.file("my-report.html", name="report"), "w") as f: f.write(text)
                                """)
                        .run();
        Value.Artifact model = (Value.Artifact) outputs.get("model");
        assertThat(model.mediaType()).isEqualTo("application/json");
        assertThat(model.name()).isEqualTo("model.json");
        assertThat(bench.text(outputs.get("report"))).isEqualTo("a,b\n1,2\n");
    }

    @Test
    void twoFilesOfOneStemAndBadNamesAreRefused() {
        assertThat(failure("sluice.file('a.csv'); sluice.file('a.json')"))
                .contains("output \"a\" is there already (file a.csv)");
        assertThat(failure("sluice.file('my-model.pkl')"))
                .contains("sluice.file('my-model.pkl', name='my_model')");
        assertThat(failure("sluice.file('../x.csv')")).contains("expected a plain file name");
        assertThat(failure("sluice.file('x.csv')"))
                .contains(
                        "output \"x\": the code asked for the file x.csv but wrote nothing there");
    }

    @Test
    void valuesItemsAndTheRunArriveAndProgressAndMetricsLeave() throws Exception {
        bench.context
                .item(4, Value.ofJava(Map.of("country", "it")))
                .attempt(2)
                .input("seed", Value.of(7))
                .input("choose.auc", Value.of(0.83))
                .with("env", Value.ofJava(Map.of("SEED", 7, "PLACE", "è")))
                .with("args", Value.ofJava(List.of("--fast", 3)));
        Map<String, Value> outputs =
                bench.script(
                                """
                                import sluice, os, sys
                                assert sluice.inputs == {"seed": 7, "choose.auc": 0.83}
                                assert sluice.input("seed") == 7 and sluice.input("no", 1) == 1
                                assert sluice.item == {"country": "it"} and sluice.index == 4
                                assert sluice.attempt == 2 and sluice.task == "task"
                                assert sluice.idempotency_key == sluice.run + "/task/4"
                                assert sys.argv == ["task.py", "--fast", "3"]
                                assert os.environ["SEED"] == "7" and os.environ["PLACE"] == "è"
                                assert "JAVA_HOME" not in os.environ
                                sluice.progress(0.25, "fold 1 of 4")
                                sluice.metric(auc=0.5)
                                sluice.metric("auc", 0.75)
                                sluice.log("è", 1)
                                sluice.value(x={"deep": [None, True, "è"]})
                                """)
                        .run();
        assertThat(bench.context.progress()).containsExactly("0.25 fold 1 of 4");
        assertThat(bench.context.metrics()).containsExactly(Map.entry("auc", 0.75));
        assertThat(bench.context.lines()).containsExactly("è 1");
        Map<String, Object> expected = new java.util.HashMap<>();
        expected.put("deep", java.util.Arrays.asList(null, true, "è"));
        assertThat(outputs.get("x").toJava()).isEqualTo(expected);
    }

    @Test
    void aTaskNamedLikeAModuleHidesItNot() throws Exception {
        bench.context.with("file", "json.py");
        bench.context.flowFile("json.py", "import json, sluice\nsluice.value(n=json.loads('1'))\n");
        assertThat(bench.run()).containsEntry("n", Value.of(1));
    }

    @Test
    void aDefaultTableArrivesUnderBothNamesAndIsReadWithoutAName() throws Exception {
        bench.table("clean", List.of(new Column("a", "BIGINT")), "{\"a\":1}");
        bench.context.input("clean.table", bench.context.inputs().get("clean"));
        Map<String, Value> outputs =
                bench.script(
                                """
                                import sluice
                                sluice.value(n=sum(r["a"] for r in sluice.rows()),
                                             m=sum(r["a"] for r in sluice.rows("clean.table")))
                                """)
                        .run();
        assertThat(outputs).containsEntry("n", Value.of(1)).containsEntry("m", Value.of(1));
    }

    @Test
    void helpTeaches() throws Exception {
        bench.script("import sluice\nhelp(sluice)\n").run();
        assertThat(bench.context.lines())
                .anyMatch(line -> line.contains("The rows of an input table"))
                .anyMatch(line -> line.contains("progress(fraction"));
    }

    @Test
    void spawnedWorkersFindTheScriptsFunctions() throws Exception {
        Map<String, Value> outputs =
                bench.script(
                                """
                                import sluice, multiprocessing
                                def square(x): return x * x
                                if __name__ == "__main__":
                                    with multiprocessing.get_context("spawn").Pool(2) as pool:
                                        sluice.value(n=sum(pool.map(square, range(4))))
                                """)
                        .run();
        assertThat(outputs).containsEntry("n", Value.of(14));
    }
}
