package dev.sluice.tasks.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.testkit.FakeTaskContext;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTaskTest {
    private static final String EVIL = "<script>alert(1)</script>\"'&";

    @TempDir Path folder;

    private final TaskType report = DocumentTasks.types().getFirst();
    private final FakeTables tables = new FakeTables();
    private FakeTaskContext context;

    @BeforeEach
    void givenATable() throws Exception {
        context = new FakeTaskContext(folder).tables(tables);
        tables.add(
                context,
                "sales",
                List.of(
                        new Value.Column("day", "DATE"),
                        new Value.Column("shop", "VARCHAR"),
                        new Value.Column("amount", "DOUBLE"),
                        new Value.Column("price", "DECIMAL(18,2)")),
                List.of(
                        row("2026-01-01", "north", 10.5, "1.50"),
                        row("2026-01-02", "south", 20, "2.50"),
                        row("2026-01-03", EVIL, null, "3.50")),
                1234);
    }

    @Test
    void withoutATemplateEverythingIsShown() throws Exception {
        context.with("heading", "Sales")
                .input("accuracy", Value.of(0.91234))
                .input("note", Value.of("fine"));

        String html = run();

        assertThat(html)
                .contains("<title>Sales</title>", "<h1>Sales</h1>", "0.9123", "fine", "north")
                .contains("first 3 of 1,234 rows", "4 columns");
        assertThat(html).contains("<th scope=\"col\">day</th>");
    }

    @Test
    void nothingForeignBecomesMarkup() throws Exception {
        context.with("heading", EVIL)
                .with("charts", charts("bar", Map.of("x", "shop", "y", "amount", "title", EVIL)))
                .input("note", Value.of(EVIL));

        assertThat(run()).doesNotContain("<script>alert").contains("&lt;script&gt;alert(1)");

        context.with(
                "template", "<p>{{note}} {{{note}}} {{#rows.sales}}{{{shop}}}{{/rows.sales}}</p>");
        assertThat(run()).doesNotContain("<script>alert").contains("<p>&lt;script&gt;");
    }

    @Test
    void theDocumentLoadsNothing() throws Exception {
        for (String template :
                List.of(
                        "<p>x</p>",
                        "<html><head></head><body>x</body></html>",
                        "<html><p>x</html>")) {
            context.with("template", template);
            assertThat(run()).contains("default-src 'none'").doesNotContain("http://", "https://");
        }
    }

    @Test
    void aTemplateWithoutAHeadingStandsUnderTheTitle() throws Exception {
        context.with("heading", "A & B").with("template", "<p>x</p>");
        assertThat(run()).containsOnlyOnce("<h1>A &amp; B</h1>");

        context.with("template", "<h1>Mine</h1>");
        assertThat(run()).containsOnlyOnce("<h1>").contains("<h1>Mine</h1>");
    }

    @Test
    void monthsAreNamedAsMonths() throws Exception {
        tables.add(
                context,
                "months",
                List.of(new Value.Column("m", "TIMESTAMP"), new Value.Column("n", "BIGINT")),
                List.of(
                        Value.ofJava(Map.of("m", "2026-01-01 00:00:00", "n", 1)),
                        Value.ofJava(Map.of("m", "2026-02-01 00:00:00", "n", 2))),
                2);
        context.with(
                "charts",
                Value.ofJava(
                        Map.of("c", Map.of("type", "bar", "table", "months", "x", "m", "y", "n"))));

        assertThat(run()).contains(">Jan 2026</text>", ">Feb 2026</text>");
    }

    @Test
    void aTemplateShowsValuesRowsTablesAndCharts() throws Exception {
        context.flowFile(
                "report.html",
                """
                <h1>{{heading}}</h1>
                <p>{{train.auc}} {{train.best.depth}}</p>
                {{#rows.sales}}<i>{{shop}}: {{amount}}</i>{{/rows.sales}}
                {{{table.sales}}}
                {{{charts.by_shop}}}
                """);
        context.with("template", "report.html")
                .with("charts", charts("bar", Map.of("x", "shop", "y", "amount")))
                .input("train.auc", Value.of(0.75))
                .input("train.best", Value.ofJava(Map.of("depth", 3)));

        assertThat(run())
                .contains(
                        "<p>0.75 3</p>", "<i>south: 20</i>", "<table class=\"sl-table\">", "<svg");
    }

    @Test
    void aNamedOutputsTableIsFoundByItsDottedName() throws Exception {
        tables.add(
                context,
                "choose.features",
                List.of(new Value.Column("f", "VARCHAR")),
                List.of(Value.ofJava(Map.of("f", "age"))),
                1);
        context.with(
                "template",
                "<p>{{#rows.choose.features}}{{f}}{{/rows.choose.features}}</p>{{{table.choose.features}}}");

        assertThat(run()).contains("<p>age</p>", "1 row, 1 column");
    }

    @Test
    void aTaskWithADefaultTableHasItsOtherTablesToo() throws Exception {
        List<Value.Column> columns = List.of(new Value.Column("f", "VARCHAR"));
        tables.add(
                context, "sales.bad_rows", columns, List.of(Value.ofJava(Map.of("f", "bad"))), 7);
        tables.add(context, "data.in.good", columns, List.of(Value.ofJava(Map.of("f", "good"))), 8);
        context.with(
                "template",
                "<p>{{table.sales}}{{table.sales.bad_rows}}{{table.data.in.good}}"
                        + "{{#rows.sales}}+{{/rows.sales}}{{#rows.sales.bad_rows}}{{f}}{{/rows.sales.bad_rows}}");

        assertThat(run())
                .contains("sales: first 3 of 1,234", "first 1 of 7", "first 1 of 8", "+++bad");
        assertFails("<p>{{table.data}}", "no input table", "\"data\"");
    }

    @Test
    void oneTableUnderSeveralNamesIsShownOnce() throws Exception {
        Value sales = context.inputs().get("sales");
        context.input("sales.table", sales)
                .input("shop.sales", sales)
                .input("shop.sales.table", sales)
                .input("train.auc", Value.of(0.5))
                .input("model.train.auc", Value.of(0.5));

        assertThat(run()).containsOnlyOnce("1,234 rows").containsOnlyOnce("<dd>0.5</dd>");
    }

    @Test
    void anUnknownNameInATemplateIsToldWithItsLine() {
        assertFails("<p>\n{{nothing}}</p>", "line 2", "\"nothing\"", "heading");
        assertFails("<p>{{{table.nothing}}}</p>", "no input table", "\"nothing\"", "sales");
        assertFails("<p>{{{charts.nothing}}}</p>", "no chart");
        assertFails("<p>{{#rows.sales}}</p>", "rows.sales");
        assertFails("<p>{{> other}}</p>", "one template");
    }

    @Test
    void aTemplateReachesNoJavaObject() {
        assertFails("<p>{{heading.class}}</p>", "\"heading.class\"");
        assertFails("<p>{{heading.length}}</p>", "\"heading.length\"");
        assertFails("<p>{{charts.class.name}}</p>", "no chart");
    }

    @Test
    void aMissingTemplateIsTold() {
        assertFails("nowhere.html", "there is no file \"nowhere.html\"");
        assertFails("../outside.html", "outside");
    }

    @Test
    void everyChartIsAWellFormedDrawingWithATitleADescriptionAndItsData() throws Exception {
        Map<String, Map<String, Object>> all =
                Map.of(
                        "bar", Map.of("x", "shop", "y", "amount"),
                        "line", Map.of("x", "day", "y", List.of("amount", "price")),
                        "scatter", Map.of("x", "amount", "y", "price", "by", "shop"),
                        "histogram", Map.of("x", "price", "bins", 2));
        for (Map.Entry<String, Map<String, Object>> e : all.entrySet()) {
            context.with("charts", charts(e.getKey(), e.getValue()));
            String html = run();
            String svg = html.substring(html.indexOf("<svg"), html.indexOf("</svg>") + 6);
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)));
            assertThat(svg)
                    .contains("<title id=\"chart-by_shop-title\">", "<desc id=")
                    .doesNotContain("NaN", "Infinity");
            assertThat(html)
                    .contains(
                            "<details class=\"sl-data\">", "Drawn from the first 3 of 1,234 rows");
        }
    }

    @Test
    void aChartOfNothingSaysSo() throws Exception {
        tables.add(
                context,
                "empty",
                List.of(new Value.Column("x", "DOUBLE"), new Value.Column("y", "DOUBLE")),
                List.of(),
                0);
        for (String type : List.of("bar", "line", "scatter", "histogram")) {
            Map<String, Object> chart = new LinkedHashMap<>();
            chart.put("type", type);
            chart.put("table", "empty");
            chart.put("x", "x");
            if (!type.equals("histogram")) {
                chart.put("y", "y");
            }
            context.with("charts", Value.ofJava(Map.of("c", chart)));
            assertThat(run())
                    .containsAnyOf("no numbers to draw", "no rows to draw")
                    .doesNotContain("NaN");
        }
    }

    @Test
    void anyDataMakesAWellFormedDrawing() throws Exception {
        long seed = 20_260_302;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            Chart.Type type = Chart.Type.values()[i % 4];
            Table table = anyTable(random);
            Map<String, Object> keys = new LinkedHashMap<>();
            keys.put("type", type.word());
            keys.put("table", "t");
            keys.put("x", random.nextBoolean() ? "a" : "b");
            keys.put("by", "s");
            if (type != Chart.Type.HISTOGRAM) {
                keys.put("y", "b");
            } else if (random.nextBoolean()) {
                keys.put("bins", random.nextInt(1, 60));
            }
            Chart chart = Chart.of("c", Value.ofJava(keys));
            String html = Drawing.figure(chart, table).markup();

            assertThat(html)
                    .as("seed %d, chart %d", seed, i)
                    .doesNotContain("NaN", "Infinity", "<script>");
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(html)));
        }
    }

    private static Table anyTable(SplittableRandom random) {
        List<String> types = List.of("DOUBLE", "BIGINT", "VARCHAR", "DATE", "TIMESTAMP");
        List<Value.Column> columns =
                List.of(
                        new Value.Column("a", types.get(random.nextInt(types.size()))),
                        new Value.Column("b", types.get(random.nextInt(types.size()))),
                        new Value.Column("s", "VARCHAR"));
        List<Object> cells =
                new ArrayList<>(
                        List.of(
                                0,
                                1,
                                -1,
                                1e308,
                                -1e308,
                                1e-300,
                                1e15,
                                1e15 + 0.5,
                                0.1,
                                EVIL,
                                "",
                                "2026-02-30",
                                "2026-02-28",
                                "0001-01-01",
                                "9999-12-31 23:59:59",
                                "1e999",
                                List.of(1),
                                "\u0000\ud800"));
        cells.add(null);
        List<Map<String, Value>> rows = new ArrayList<>();
        int count = random.nextInt(1, 40);
        for (int i = 0; i < count; i++) {
            Map<String, Value> row = new LinkedHashMap<>();
            for (Value.Column column : columns) {
                row.put(column.name(), Value.ofJava(cells.get(random.nextInt(cells.size()))));
            }
            rows.add(row);
        }
        return new Table("t", columns, rows, count);
    }

    @Test
    void aTemplateWithoutBottomIsRefused() {
        assertFails(
                "<p>" + "{{#heading}}".repeat(100_000) + "{{/heading}}".repeat(100_000),
                "too deep");
    }

    @Test
    void aChartOfAMissingColumnNamesThoseThereAre() {
        context.with("charts", charts("bar", Map.of("x", "shp", "y", "amount")));

        assertThatThrownBy(this::run)
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("no column \"shp\"")
                .hasMessageContaining("shop");
    }

    @Test
    void aPictureIsInside() throws Exception {
        Value.Artifact png =
                context.store(
                        Files.write(folder.resolve("p.png"), new byte[] {1, 2, 3}),
                        "image/png",
                        "p.png",
                        null);
        context.input("train.plot", png);

        assertThat(run()).contains("src=\"data:image/png;base64,AQID\"");
        context.with("template", "<p>{{{image.train.plot}}}</p>");
        assertThat(run()).contains("src=\"data:image/png;base64,AQID\"");
    }

    @Test
    void whatATextTellsIsCheckedAndItsTablesAreEdges() {
        TaskType.Shape shape =
                report.shape(
                        config(
                                Map.of(
                                        "template",
                                        "<p>{{#rows.clean}}{{/rows.clean}}{{{ table.choose.features }}}</p>",
                                        "charts",
                                        Map.of(
                                                "good",
                                                        Map.of(
                                                                "type", "bar", "table", "t", "x",
                                                                "a"),
                                                "late", Map.of("type", "${{ inputs.kind }}"),
                                                "bad",
                                                        Map.of(
                                                                "type", "pie", "table", "t", "x",
                                                                "a")))));

        assertThat(shape.tables()).containsExactlyInAnyOrder("clean", "choose.features", "t");
        assertThat(shape.outputs()).containsExactly(Map.entry("report", ValueType.FILE));
        assertThat(shape.problems().stream().map(Problem::message))
                .singleElement()
                .asString()
                .contains("charts.bad.type", "pie", "bar, line, scatter, histogram");
    }

    @Test
    void anotherTemplateIsAnotherFingerprint() throws Exception {
        context.with("template", "<p>a</p>");
        String first = report.fingerprint(context);
        context.with("template", "<p>b</p>");

        assertThat(report.fingerprint(context)).isNotEqualTo(first);
    }

    private void assertFails(String template, String... parts) {
        context.with("template", template);
        assertThatThrownBy(this::run)
                .as(template)
                .isInstanceOfSatisfying(
                        TaskException.class,
                        e -> {
                            assertThat(e.getMessage()).contains(parts);
                            assertThat(e.isRetryable()).isFalse();
                        });
    }

    @Test
    void theTasksTitleIsTheHeadingUnlessOneIsGiven() throws Exception {
        context.with("template", "<p>x</p>").title("Sales of <May>");
        assertThat(run()).contains("<title>Sales of &lt;May&gt;</title>");
        context.title("task");
        assertThat(run()).contains("<title>Task</title>");
        context.with("heading", "Sales");
        assertThat(run()).contains("<title>Sales</title>");
    }

    private String run() throws Exception {
        Outcome.Succeeded outcome = (Outcome.Succeeded) report.run(context);
        Value.Artifact file = (Value.Artifact) outcome.outputs().get("report");
        assertThat(file.mediaType()).isEqualTo("text/html");
        assertThat(file.name()).isEqualTo("task.html");
        return Files.readString(context.path(file));
    }

    private static Value charts(String type, Map<String, Object> keys) {
        Map<String, Object> chart = new LinkedHashMap<>(keys);
        chart.put("type", type);
        chart.put("table", "sales");
        return Value.ofJava(Map.of("by_shop", chart));
    }

    private static Value row(String day, String shop, Number amount, String price) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("day", day);
        row.put("shop", shop);
        row.put("amount", amount);
        row.put("price", price);
        return Value.ofJava(row);
    }

    private static Node.Map config(Map<String, Object> entries) {
        return (Node.Map) node(entries);
    }

    private static Node node(Object java) {
        return switch (java) {
            case Map<?, ?> m ->
                    new Node.Map(
                            Mark.START,
                            m.entrySet().stream()
                                    .map(e ->
                                            new Node.Entry(
                                                    Mark.START,
                                                    (String) e.getKey(),
                                                    node(e.getValue())))
                                    .toList());
            case List<?> l ->
                    new Node.Seq(Mark.START, l.stream().map(ReportTaskTest::node).toList());
            default -> new Node.Scalar(Mark.START, Value.ofJava(java), String.valueOf(java), true);
        };
    }
}
