package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.testkit.FakeTaskContext;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableReadTaskTest {
    @TempDir Path root;
    private static final TableReadTask READ = new TableReadTask();
    private FakeTaskContext context;

    @BeforeEach
    void aFreshAttempt() {
        context = new FakeTaskContext(root);
    }

    // --- real files

    @Test
    void theDiseaseDataIsReadWhole() throws Exception {
        Map<String, Value> outputs = read("disease.csv", resource("disease.csv"));
        Value.TableInfo info = info(outputs);
        assertThat(info.rows()).isEqualTo(139);
        assertThat(info.columns()).hasSize(138);
        assertThat(info.columns().getFirst()).isEqualTo(new Value.Column("column_1", "VARCHAR"));
        assertThat(info.columns().getLast()).isEqualTo(new Value.Column("PHENOTYPE", "BIGINT"));
        assertThat(context.lines()).containsExactly("column 1 has no name: called column_1");
    }

    @Test
    void aHeaderThatIsOneShortLeavesTheFirstColumnUnnamed() throws Exception {
        Map<String, Value> outputs = read("generated.csv", resource("generated_data.csv"));
        Value.TableInfo info = info(outputs);
        assertThat(info.rows()).isEqualTo(300);
        assertThat(info.columns()).hasSize(203);
        List<String> names = info.columns().stream().map(Value.Column::name).toList();
        assertThat(names)
                .startsWith("column_1", "chr1_18236545_A_G", "chr1_72372846_A_G")
                .contains("chr1_18236545_A_G_2")
                .endsWith("SEX", "PHENOTYPE")
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).isEqualTo(name.strip()));
        assertThat(context.lines())
                .anyMatch(line -> line.contains("one field more than the header"))
                .anyMatch(line -> line.contains("chr1_18236545_A_G comes again"));
    }

    @Test
    void theOtherFilesOfTheDiseaseDataAreRead() throws Exception {
        assertThat(info(read("e.csv", resource("expected_evaluations.csv"))).rows()).isEqualTo(2);
        assertThat(info(read("p.txt", resource("position.txt"))).rows()).isEqualTo(19);
    }

    // --- CSV

    @Test
    void typesLoseNothing() throws Exception {
        String csv =
                """
                id,zip,big,price,day,at,zone,yes,mixed,us
                1,00123,9223372036854775807,1.50,2024-02-29,2024-02-29 10:00,2024-02-29T10:00Z,true,1,02/03/2024
                2,9,99999999999999999999,-1e3,2024-03-01,2024-03-01,2024-02-29T10:00:00+02:00,False,x,02/04/2024
                """;
        Map<String, Value> outputs = read("t.csv", csv);
        assertThat(types(outputs))
                .isEqualTo(
                        "id BIGINT, zip VARCHAR, big DECIMAL(38,0), price DOUBLE, day DATE, at"
                                + " TIMESTAMP, zone TIMESTAMP WITH TIME ZONE, yes BOOLEAN, mixed"
                                + " VARCHAR, us VARCHAR");
        assertThat(Made.rows(root, outputs.get("table")).getLast())
                .startsWith("{id=2, zip=9, big=99999999999999999999, price=-1000.0,");
    }

    @Test
    void givenTypesAndNullsAndDelimitersAreObeyed() throws Exception {
        context.with("columns", Value.ofJava(Map.of("id", "VARCHAR", "n", "decimal(9,2)")))
                .with("nulls", Value.ofJava(List.of("", "NA")))
                .with("delimiter", ";");
        Map<String, Value> outputs = read("t.csv", "id;n;k\n01;1.5;NA\n2;NA;3\n");
        assertThat(types(outputs)).isEqualTo("id VARCHAR, n DECIMAL(9,2), k BIGINT");
        assertThat(Made.rows(root, outputs.get("table")))
                .containsExactly("{id=01, n=1.50, k=null}", "{id=2, n=null, k=3}");
    }

    @Test
    void theDelimiterIsFoundAndAFileMayHaveNoHeader() throws Exception {
        context.with("header", Value.of(false));
        Map<String, Value> outputs = read("t.tsv", "1\ta,b\n2\tc\n");
        assertThat(types(outputs)).isEqualTo("column_1 BIGINT, column_2 VARCHAR");
        assertThat(info(outputs).rows()).isEqualTo(2);
    }

    @Test
    void quotedFieldsKeepDelimitersQuotesAndLines() throws Exception {
        Map<String, Value> outputs =
                read("t.csv", "\uFEFFa,\"b \"\"x\"\"\"\r\n1,\"x,\n\"\"y\"\"\"\r\n");
        assertThat(Made.rows(root, outputs.get("table")))
                .containsExactly("{a=1, b \"x\"=x,\n\"y\"}");
    }

    @Test
    void whatATypeIsInferredFromIsReadAsThatType() throws Exception {
        String csv =
                """
                i,d,b,day,at,zone
                 5, 1.5,true,2024-01-01,2024-01-01 10:00,2024-01-01 10:00+02
                6 ,.5 ,TRUE, 2024-01-02 , 2024-01-01T10:00:00.5 , 2024-01-01T10:00:00.123456Z
                +7,5.,False,2024-02-29,2024-01-01,2024-01-01 10:00:00-0330
                -0,-1E-3,FALSE,,,
                ,nan,,,,
                ,-inf,,,,
                """;
        Map<String, Value> outputs = read("t.csv", csv);
        assertThat(types(outputs))
                .isEqualTo(
                        "i BIGINT, d DOUBLE, b BOOLEAN, day DATE, at TIMESTAMP, zone TIMESTAMP WITH"
                                + " TIME ZONE");
        assertThat(info(outputs).rows()).isEqualTo(6);
    }

    @Test
    void linesMayEndAsTheyDoOnAnySystem() throws Exception {
        for (String end : List.of("\n", "\r\n", "\r")) {
            String csv = "a,b" + end + "1,x" + end + "2,y";
            assertThat(info(read("t.csv", csv)).rows()).as(csv).isEqualTo(2);
        }
        assertThat(info(read("t.csv", "a,b\r\n1,x\n2,y\r\n")).rows()).isEqualTo(2);
    }

    @Test
    void aHeaderAloneIsATableWithoutRows() throws Exception {
        Map<String, Value> outputs = read("t.csv", "a,b\n");
        assertThat(types(outputs)).isEqualTo("a VARCHAR, b VARCHAR");
        assertThat(info(outputs).rows()).isZero();
    }

    @Test
    void badRowsFailWithTheirNumbers() {
        assertThatThrownBy(() -> read("bad.csv", "a,b\n1,2\n3\n4,5,6\n"))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining(
                        "2 bad rows in \"bad.csv\": row 3: expected number of columns")
                .hasMessageContaining("on_bad_row: skip");
    }

    @Test
    void aRowThatIsFarTooLongHasOneReason() {
        assertThatThrownBy(() -> read("t.csv", "a,b\n1,2\n1,2,3,4,5\n"))
                .hasMessageContaining("row 3: expected number of columns: 2 found: 5. ");
    }

    @Test
    void skippedRowsAreAnOutputAndAreCounted() throws Exception {
        context.with("on_bad_row", "skip")
                .with("columns", Value.ofJava(Map.of("a", "BIGINT", "b", "BIGINT")));
        Map<String, Value> outputs = read("bad.csv", "a,b\n1,2\nx,y\n4,5,6\n7,8\n");
        assertThat(outputs.get("rows")).isEqualTo(Value.of(2));
        List<String> bad = Made.rows(root, outputs.get("bad_rows"));
        assertThat(bad).hasSize(2);
        assertThat(bad.getFirst())
                .startsWith("{row_number=3, text=x,y, reason=")
                .contains("\"a\"", "\"x\"");
        assertThat(bad.getLast()).startsWith("{row_number=4, text=4,5,6, reason=expected number");
        assertThat(context.lines()).contains("skipped 2 bad rows in \"bad.csv\"");
    }

    @Test
    void aValueThatComesTooLateForTheSampleIsABadRow() {
        StringBuilder csv = new StringBuilder("n\n");
        csv.repeat("1\n", ColumnTypes.SAMPLE_ROWS).append("x\n");
        assertThatThrownBy(() -> read("late.csv", csv.toString()))
                .hasMessageContaining("1 bad row in \"late.csv\": row 100002:")
                .hasMessageContaining("(columns:)");
    }

    @Test
    void otherEncodingsAreDecoded() throws Exception {
        for (String encoding : List.of("latin-1", "windows-1252", "utf-16")) {
            context.with("encoding", encoding);
            Path file = root.resolve("flow/" + encoding + ".csv");
            String charset = encoding.equals("latin-1") ? "ISO-8859-1" : encoding;
            Files.write(file, "größe\nüber\n".getBytes(Charset.forName(charset)));
            Map<String, Value> outputs = run(encoding + ".csv");
            assertThat(Made.rows(root, outputs.get("table"))).containsExactly("{größe=über}");
        }
    }

    @Test
    void bytesOfAnotherEncodingAreReportedWithTheirLine() throws Exception {
        Files.write(root.resolve("flow/l.csv"), "a\nok\nä\n".getBytes(Charset.forName("latin1")));
        assertThatThrownBy(() -> run("l.csv")).hasMessageContaining("row 3");
        context.with("encoding", "gb18030");
        Files.write(root.resolve("flow/g.csv"), new byte[] {'a', '\n', 'b', '\n', (byte) 0xff});
        assertThatThrownBy(() -> run("g.csv"))
                .hasMessageContaining("line 3: bytes that are not GB18030");
        context.with("encoding", "klingon");
        assertThatThrownBy(() -> run("g.csv")).hasMessageContaining("\"klingon\" is not known");
    }

    @Test
    void gzipIsUnpacked() throws Exception {
        try (OutputStream out =
                new GZIPOutputStream(Files.newOutputStream(root.resolve("flow/t.csv.gz")))) {
            out.write("a\n1\n".getBytes(Charset.defaultCharset()));
        }
        assertThat(info(run("t.csv.gz")).rows()).isEqualTo(1);
    }

    // --- JSON, Parquet, XLSX

    @Test
    void jsonIsReadAsArrayAndAsLines() throws Exception {
        Map<String, Value> lines = read("t.ndjson", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n");
        assertThat(types(lines)).isEqualTo("a BIGINT, b VARCHAR");
        assertThat(info(lines).rows()).isEqualTo(2);
        Map<String, Value> array = read("t.json", " [{\"a\":1,\n\"b\":{\"c\":[1,2]}}, {\"a\":2}]");
        assertThat(types(array)).isEqualTo("a BIGINT, b STRUCT(c BIGINT[])");
        assertThat(Made.rows(root, array.get("table"))).hasSize(2);
        assertThatThrownBy(() -> read("bad.ndjson", "{\"a\":1}\n{\"a\":\n{}"))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("1 bad row in \"bad.ndjson\": row 2: not JSON")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(root.toString()));
    }

    @Test
    void badJsonRowsAreSkippedIntoTheirTable() throws Exception {
        context.with("on_bad_row", "skip").with("columns", Value.ofJava(Map.of("a", "INTEGER")));
        Map<String, Value> outputs =
                read("t.ndjson", "{\"a\":1}\n{\"a\":\"x\"}\n\n[1]\n{\"a\":\n{\"a\":null}\n");
        assertThat(Made.rows(root, outputs.get("table"))).containsExactly("{a=1}", "{a=null}");
        assertThat(Made.rows(root, outputs.get("bad_rows")))
                .satisfiesExactly(
                        row ->
                                assertThat(row)
                                        .startsWith(
                                                "{row_number=2, text={\"a\":\"x\"}, "
                                                        + "reason=column \"a\": \"x\" is no INTEGER"),
                        row -> assertThat(row).startsWith("{row_number=4, text=[1], reason=not a"),
                        row -> assertThat(row).startsWith("{row_number=5, text={\"a\":, reason="));
        Map<String, Value> array = read("t.json", "[{\"a\": 1}, 5, {\"a\": \"x\"}]");
        assertThat(array.get("rows")).isEqualTo(Value.of(1));
        assertThat(Made.rows(root, array.get("bad_rows"))).hasSize(2);
    }

    @Test
    void parquetIsReadAsItIs() throws Exception {
        Value.Artifact table = Made.table(root, "SELECT 1 AS a, DATE '2024-01-01' AS d");
        context.with("from", table);
        assertThat(types(Made.outputs(READ.run(context)))).isEqualTo("a INTEGER, d DATE");
        Files.writeString(root.resolve("flow/no.parquet"), "not parquet at all");
        assertThatThrownBy(() -> run("no.parquet")).isInstanceOf(TaskException.class);
    }

    @Test
    void aWorkbooksTypesAreThoseOfItsCells() throws Exception {
        workbook();
        Map<String, Value> outputs = run("w.xlsx");
        assertThat(types(outputs))
                .isEqualTo(
                        "id BIGINT, price DOUBLE, ok BOOLEAN, day DATE, at TIMESTAMP, mixed"
                                + " VARCHAR, none VARCHAR");
        assertThat(Made.rows(root, outputs.get("table")))
                .containsExactly(
                        "{id=1, price=1.25, ok=true, day=2024-02-29, at=2024-02-29 12:30:15,"
                                + " mixed=x, none=null}",
                        "{id=2, price=3.0, ok=false, day=2024-03-01, at=2024-03-01 00:00:00,"
                                + " mixed=7, none=null}");
        context.with("sheet", "other");
        assertThat(types(run("w.xlsx"))).isEqualTo("a VARCHAR");
        context.with("sheet", "nope");
        assertThatThrownBy(() -> run("w.xlsx")).hasMessageContaining("(it has: first, other)");
        Files.writeString(root.resolve("flow/no.xlsx"), "no zip");
        assertThatThrownBy(() -> run("no.xlsx")).hasMessageContaining("no readable workbook");
    }

    private void workbook() throws Exception {
        try (OutputStream out = Files.newOutputStream(root.resolve("flow/w.xlsx"));
                Workbook book = new Workbook(out, "t", "1.0")) {
            Worksheet first = book.newWorksheet("first");
            String[] names = {"id", "price", "ok", "day", "at", "mixed", "none"};
            for (int c = 0; c < names.length; c++) {
                first.value(0, c, names[c]);
            }
            for (int r = 1; r <= 2; r++) {
                first.value(r, 0, r);
                first.value(r, 1, r == 1 ? 1.25 : 3);
                first.value(r, 2, r == 1);
                var day = java.time.LocalDate.of(2024, 2, 28).plusDays(r);
                first.value(r, 3, day);
                first.style(r, 3).format("yyyy-mm-dd").set();
                first.value(r, 4, r == 1 ? day.atTime(12, 30, 15) : day.atStartOfDay());
                first.style(r, 4).format("dd/mm/yyyy hh:mm").set();
            }
            first.value(1, 5, "x");
            first.value(2, 5, 7);
            book.newWorksheet("other").value(0, 0, "a");
        }
    }

    // --- mistakes

    @Test
    void mistakesInJsonAreToldWithoutTheReadersOwnWords() throws Exception {
        assertThatThrownBy(() -> read("t.json", "[{\"a\":1},\n{\"a\":2}"))
                .hasMessage(
                        "from: \"t.json\", line 2: not JSON: Unexpected end-of-input: expected close"
                                + " marker for Array");
        assertThatThrownBy(() -> read("t.json", "[{\"a\":1,\"a\":2}]"))
                .hasMessageContaining("duplicate key \"a\"")
                .message()
                .doesNotContain("auto_detect");
        String twice = "{\"a\":1}\n{\"a\":1,\"a\":2}\n";
        assertThatThrownBy(() -> read("t.ndjson", twice))
                .hasMessageContaining("duplicate key \"a\"")
                .message()
                .doesNotContain("auto_detect");
        context.with("on_bad_row", "skip");
        assertThat(info(read("t.ndjson", twice)).rows()).isEqualTo(1);
        assertThatThrownBy(() -> read("t.json", "[{\"a\":1,\"a\":2}]"))
                .hasMessage("from: \"t.json\", line 1: not JSON: Duplicate Object property \"a\"");
        assertThatThrownBy(() -> read("t.json", "[{},{}]"))
                .hasMessage("from: \"t.json\" has rows without fields");
        assertThatThrownBy(() -> read("t.json", "[1, 2]"))
                .hasMessage("from: \"t.json\" has no rows: row 1: not a JSON object");
        String deep = "[{\"a\":" + "[".repeat(9000) + "]".repeat(9000) + "}]";
        assertThatThrownBy(() -> read("t.json", deep))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("nesting depth");
    }

    @Test
    void anotherFormatUnderATextFilesNameIsRefused() {
        assertThatThrownBy(() -> read("t.csv", "PK\003\004abc"))
                .hasMessageEndingWith("not csv; add format: xlsx");
        assertThatThrownBy(() -> read("t.json", "PAR1abc"))
                .hasMessageEndingWith("is Parquet, not json; add format: parquet");
        assertThatThrownBy(() -> read("t.xlsx", "no archive"))
                .hasMessageContaining("t.xlsx")
                .message()
                .doesNotContain(root.toString());
    }

    @Test
    void mistakesAreToldInWords() {
        assertThatThrownBy(() -> run("nope.csv")).hasMessageContaining("\"nope.csv\" is no file");
        assertThatThrownBy(() -> read("a.dat", "x")).hasMessageContaining("add format:");
        assertThatThrownBy(() -> read("a.csv", "")).hasMessageContaining("is empty");
        context.with("columns", Value.ofJava(Map.of("z", "BIGINT")));
        assertThatThrownBy(() -> read("a.csv", "x\n1\n"))
                .hasMessageContaining("\"z\" is not in \"a.csv\" (it has: x)");
        context.with("columns", Value.ofJava(Map.of("x", "BIGINT); DROP")));
        assertThatThrownBy(() -> read("a.csv", "x\n1\n")).hasMessageContaining("expected: a type");
        context.with("columns", Value.ofJava(Map.of("x", "NOTYPE")));
        assertThatThrownBy(() -> read("a.csv", "x\n1\n")).hasMessageContaining("NOTYPE");
    }

    @Test
    void theFingerprintFollowsTheContent() throws Exception {
        context.with("from", "a.csv");
        context.flowFile("a.csv", "x\n1\n");
        String before = READ.fingerprint(context);
        context.flowFile("a.csv", "x\n2\n");
        assertThat(READ.fingerprint(context)).isNotEqualTo(before);
    }

    private String resource(String name) throws Exception {
        try (var in = getClass().getResourceAsStream("/disease/" + name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private Map<String, Value> read(String name, String content) throws Exception {
        context.flowFile(name, content);
        return run(name);
    }

    private Map<String, Value> run(String name) throws Exception {
        return Made.outputs(READ.run(context.with("from", name)));
    }

    private static Value.TableInfo info(Map<String, Value> outputs) {
        return ((Value.Artifact) outputs.get("table")).table();
    }

    private static String types(Map<String, Value> outputs) {
        return info(outputs).columns().stream()
                .map(c -> c.name() + " " + c.type())
                .collect(Collectors.joining(", "));
    }
}
