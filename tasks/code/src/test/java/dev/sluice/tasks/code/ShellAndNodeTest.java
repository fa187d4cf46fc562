package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Value;
import dev.sluice.model.Value.Column;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellAndNodeTest {
    @TempDir Path root;

    @Test
    void aShellScriptReadsAndWritesFilesTablesAndValues() throws Exception {
        Bench bench =
                new Bench(root, "shell")
                        .table(
                                "clean",
                                List.of(new Column("a", "BIGINT")),
                                "{\"a\":1}",
                                "{\"a\":2}")
                        .file("samples", "samples.csv", "x\ny\n")
                        .declares(
                                Map.of(
                                        "copy", "table", "n", "integer", "zip", "string", "out",
                                        "file"));
        bench.context.input("choose.seed", Value.of(7)).with("args", Value.ofJava(List.of("one")));
        Map<String, Value> outputs =
                bench.script(
                                """
                                cp "$SLUICE_IN/clean.ndjson" "$SLUICE_OUT/copy.ndjson"
                                cat "$SLUICE_INPUT_SAMPLES" > "$SLUICE_OUT/out.csv"
                                echo "n=$(wc -l < "$SLUICE_INPUT_CLEAN")" >> "$SLUICE_VALUES"
                                echo "zip=0123" >> "$SLUICE_VALUES"
                                echo "seed $SLUICE_INPUT_CHOOSE_SEED $1 $SLUICE_TASK"
                                echo '{"progress": 0.5, "message": "half"}' >&3
                                """)
                        .run();
        assertThat(bench.rows(outputs.get("copy"))).hasSize(2);
        assertThat(bench.text(outputs.get("out"))).isEqualTo("x\ny\n");
        assertThat(outputs).containsEntry("n", Value.of(2)).containsEntry("zip", Value.of("0123"));
        assertThat(bench.context.lines()).containsExactly("seed 7 one task");
        assertThat(bench.context.progress()).containsExactly("0.5 half");
    }

    @Test
    void aShellValueIsJsonWhereItIsAndTextElsewhere() throws Exception {
        Map<String, Value> outputs =
                new Bench(root, "shell")
                        .script(
                                """
                                printf 'a=0.5\\nb=[1, true]\\nc=it is = fine\\n\\nd=\\n' > "$SLUICE_VALUES"
                                """)
                        .run();
        assertThat(outputs)
                .containsEntry("a", Value.of(0.5))
                .containsEntry("b", Value.ofJava(List.of(1, true)))
                .containsEntry("c", Value.of("it is = fine"))
                .containsEntry("d", Value.of(""));
    }

    @Test
    void aFailingLineFailsTheShellTask() {
        Bench bench = new Bench(root, "shell").script("cat /no/such\necho on\n");
        assertThat(bench.fails().getMessage())
                .startsWith("exit code 1; last stderr line: ")
                .contains("/no/such");
        assertThat(bench.context.lines()).doesNotContain("on");
    }

    @Test
    void twoShellFilesOfOneStemAreRefused() {
        assertThat(new Bench(root, "shell").script("cd $SLUICE_OUT; touch a.csv a.json").fails())
                .hasMessageContaining("output \"a\" is there twice: a.json");
        assertThat(new Bench(root.resolve("2"), "shell").script("echo x > $SLUICE_VALUES").fails())
                .hasMessageContaining(
                        "\"x\" in $SLUICE_VALUES (expected: lines of the form name=value)");
        assertThat(
                        new Bench(root.resolve("3"), "shell")
                                .script("ln -s /etc/passwd $SLUICE_OUT/a")
                                .fails())
                .hasMessageContaining("a is refused: it is no plain file");
    }

    @Test
    void aNodeScriptReadsAndWritesTablesFilesAndValues() throws Exception {
        Bench bench =
                new Bench(root, "node")
                        .table(
                                "clean",
                                List.of(
                                        new Column("id", "BIGINT"),
                                        new Column("x", "DOUBLE"),
                                        new Column("s", "VARCHAR")),
                                "{\"id\":9007199254740993,\"x\":0.12345678901234567,\"s\":\"1234567890123456789\"}",
                                "{\"id\":2,\"x\":1.0,\"s\":null}");
        bench.context
                .input("seed", Value.of(7))
                .item(1, Value.of("it"))
                .with("args", Value.ofJava(List.of("a")));
        Map<String, Value> outputs =
                bench.script(
                                """
                                const fs = require("fs"), assert = require("assert");
                                assert(require("sluice") === sluice);
                                const rows = [...sluice.rows()];
                                assert.strictEqual(rows[0].id, 9007199254740993n);
                                assert.strictEqual(rows[0].x, 0.12345678901234567);
                                assert.strictEqual(rows[0].s, "1234567890123456789");
                                assert.strictEqual(rows[1].id, 2);
                                assert.deepStrictEqual(sluice.inputs, { seed: 7 });
                                assert.deepStrictEqual([sluice.item, sluice.index, process.argv[2]], ["it", 1, "a"]);
                                sluice.table("out", rows.map((r) => ({ ...r, y: r.x * 2, day: null })));
                                async function* slow() { yield { a: 1 }; yield { a: 1.5 }; }
                                await sluice.table("slow", slow());
                                fs.writeFileSync(sluice.file("model.json"), "{}");
                                sluice.value({ auc: 0.83 });
                                sluice.progress(0.5, "half");
                                sluice.metric({ loss: 0.25 });
                                console.log("done");
                                """)
                        .run();
        assertThat(((Value.Artifact) outputs.get("out")).table().columns())
                .containsExactly(
                        new Column("id", "BIGINT"),
                        new Column("x", "DOUBLE"),
                        new Column("s", "VARCHAR"),
                        new Column("y", "DOUBLE"),
                        new Column("day", "VARCHAR"));
        assertThat(bench.rows(outputs.get("out")).getFirst())
                .startsWith(
                        "{\"id\":9007199254740993,\"x\":0.12345678901234566,\"s\":\"1234567890123456789\"");
        assertThat(((Value.Artifact) outputs.get("slow")).table().columns())
                .containsExactly(new Column("a", "DOUBLE"));
        assertThat(outputs).containsEntry("auc", Value.of(0.83)).containsKey("model");
        assertThat(bench.context.progress()).containsExactly("0.5 half");
        assertThat(bench.context.metrics()).containsExactly(Map.entry("loss", 0.25));
        assertThat(bench.context.lines()).containsExactly("done");
    }

    @Test
    void aNodeErrorIsToldWithItsLine() {
        Bench bench = new Bench(root, "node").script("\nconst x = null;\nx.y;\n");
        assertThat(bench.fails())
                .hasMessage("TypeError: Cannot read properties of null (reading 'y') (task.js:3)");
        assertThat(bench.context.lines()).noneMatch(line -> line.contains("main.js"));
        assertThat(new Bench(root.resolve("2"), "node").script("let a = ;\n").fails())
                .hasMessage("SyntaxError: Unexpected token ';' (task.js:1)");
        assertThat(new Bench(root.resolve("3"), "node").script("sluice.rows('x')\n").fails())
                .hasMessageStartingWith("no table \"x\": this task has no tables")
                .hasMessageEndingWith("(task.js:1)");
        assertThat(new Bench(root.resolve("4"), "node").script("process.exit(3)\n").fails())
                .hasMessage("exit code 3; nothing on stderr");
    }

    @Test
    void aNodeModuleWithImportsRuns() throws Exception {
        Bench bench =
                new Bench(root, "node")
                        .script(
                                """
                                import sluice from "sluice";
                                import { ok } from "node:assert";
                                ok(true);
                                sluice.value({ n: await Promise.resolve(3) });
                                """);
        assertThat(bench.run()).containsEntry("n", Value.of(3));
        assertThat(
                        new Bench(root.resolve("2"), "node")
                                .script("import 'fs';\nthrow new Error('no');\n")
                                .fails())
                .hasMessage("Error: no (task.mjs:2)");
    }
}
