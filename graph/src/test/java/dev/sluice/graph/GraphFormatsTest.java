package dev.sluice.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.compiler.CompiledFlow;
import dev.sluice.model.TaskState;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class GraphFormatsTest {
    private static final String HOSTILE =
            "</text><script>alert(1)</script> \"quoted\" 'x' & \u202Egnp.exe \u0000 ]] \\ end;\n%%{init}%%";

    @Test
    void everyTaskAndEdgeIsInEveryFormat() throws Exception {
        CompiledFlow flow = research();
        for (Format format : Format.values()) {
            String text = GraphFormats.render(flow, format);
            save("research." + format.word(), text);
            assertThat(text).as(format.word()).contains("Train the model");
        }
        assertThat(edges(GraphFormats.render(flow, Format.SVG))).isEqualTo(10);
    }

    @Test
    void aRunsStatesAreDrawnWithTheirWords() throws Exception {
        Map<String, TaskState> states = new LinkedHashMap<>();
        states.put("raw", TaskState.CACHED);
        states.put("fresh", TaskState.SUCCEEDED);
        states.put("prepare/clean", TaskState.SUCCEEDED);
        states.put("prepare/align", TaskState.RETRYING);
        states.put("choose", TaskState.SUCCEEDED);
        states.put("train", TaskState.RUNNING);
        states.put("evaluate", TaskState.FAILED);
        states.put("predict", TaskState.UPSTREAM_FAILED);
        states.put("notify", TaskState.SKIPPED);
        states.put("report", TaskState.PENDING);
        String svg = GraphFormats.render(research(), Format.SVG, states);
        save("states.svg", svg);
        assertThat(svg).contains("upstream failed", "retrying", "skipped");
        parse(svg);
    }

    @Test
    void everyStateHasAMark() {
        assertThat(EnumSet.allOf(TaskState.class).stream().map(s -> StateMark.of(s).word()))
                .doesNotHaveDuplicates();
    }

    @Test
    void whatTheAuthorWroteIsNeverMarkup() throws Exception {
        CompiledFlow flow =
                new FlowSketch(HOSTILE, HOSTILE)
                        .group("g", HOSTILE)
                        .task("g/a", HOSTILE, "sql", Map.of("query", HOSTILE), Set.of())
                        .task(
                                "b",
                                HOSTILE,
                                "python",
                                Map.of("script", HOSTILE),
                                Set.of("foreach"),
                                "table:g/a")
                        .compiled();
        String svg = GraphFormats.render(flow, Format.SVG);
        Document document = parse(svg);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(svg).doesNotContain("\u202E");
        assertThat(GraphFormats.render(flow, Format.MERMAID))
                .doesNotContain("<script", "]]\n\\", "%%{");
        assertThat(GraphFormats.render(flow, Format.DOT).lines().filter(l -> l.contains("end;")))
                .allMatch(l -> l.contains("\\\"quoted\\\""));
    }

    @Test
    void equalFlowsGiveEqualBytes() {
        for (Format format : Format.values()) {
            assertThat(GraphFormats.render(research(), format))
                    .isEqualTo(GraphFormats.render(research(), format));
        }
    }

    @Test
    void aFlowWithoutEdgesIsAPictureToo() throws Exception {
        CompiledFlow flow =
                new FlowSketch("Hello", "")
                        .task("hello", "", "value", Map.of(), Set.of())
                        .compiled();
        save("hello.svg", GraphFormats.render(flow, Format.SVG));
        parse(GraphFormats.render(flow, Format.SVG));
    }

    static CompiledFlow research() {
        return new FlowSketch(
                        "Predict disease risk from genotypes",
                        "Two sources are read and cleaned, a model is trained and judged, and new people are predicted.")
                .task(
                        "raw",
                        "Read the cohort",
                        "table.read",
                        Map.of("from", "${{ inputs.samples }}"),
                        Set.of("cache"))
                .task(
                        "fresh",
                        "Read new people",
                        "table.read",
                        Map.of("from", "data/generated_data.csv"),
                        Set.of("retry", "cache"))
                .group("prepare", "Prepare")
                .task(
                        "prepare/clean",
                        "Drop duplicates",
                        "sql",
                        Map.of("query", "SELECT DISTINCT * FROM raw"),
                        Set.of(),
                        "table:raw")
                .task(
                        "prepare/align",
                        "",
                        "sql",
                        Map.of("query", "-- comment\nSELECT COLUMNS('chr.*') FROM fresh"),
                        Set.of(),
                        "table:fresh")
                .task(
                        "choose",
                        "Choose the telling SNPs",
                        "python",
                        Map.of("script", "# Chi-square per SNP\nimport sluice"),
                        Set.of("cache", "retry"),
                        "needs:prepare/clean")
                .task(
                        "train",
                        "Train the model",
                        "python",
                        Map.of("file", "train.py"),
                        Set.of("foreach"),
                        "needs:choose",
                        "reference:choose.features")
                .task(
                        "evaluate",
                        "Judge it by cross-validation",
                        "python",
                        Map.of("file", "evaluate.py"),
                        Set.of(),
                        "needs:train")
                .task(
                        "predict",
                        "Predict the new people",
                        "python",
                        Map.of("file", "predict.py"),
                        Set.of("when"),
                        "needs:prepare/align",
                        "needs:train",
                        "reference:evaluate.auc")
                .task(
                        "notify",
                        "Tell the lab",
                        "http",
                        Map.of("url", "https://lab.example/hook"),
                        Set.of("when", "retry"),
                        "reference:evaluate.auc")
                .task(
                        "report",
                        "Write the report",
                        "report",
                        Map.of("template", "# Disease risk\n"),
                        Set.of(),
                        "table:predict.people")
                .compiled();
    }

    private static int edges(String svg) throws Exception {
        var paths = parse(svg).getElementsByTagName("path");
        int count = 0;
        for (int i = 0; i < paths.getLength(); i++) {
            var kind = paths.item(i).getAttributes().getNamedItem("class");
            if (kind != null && kind.getNodeValue().startsWith("edge")) {
                count++;
            }
        }
        return count - 3; // the legend's
    }

    static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
    }

    static void save(String name, String text) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "pictures"));
        Files.writeString(folder.resolve(name), text);
    }
}
