package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Value;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableWriteTaskTest {
    @TempDir Path root;
    private static final TableWriteTask WRITE = new TableWriteTask();

    @Test
    void aTableIsWrittenInEveryFormat() throws Exception {
        Value table =
                Made.table(
                        root, "SELECT 1 AS id, 'a,\"b' AS s, 1.50::DECIMAL(9,2) AS d, NULL AS n");
        assertThat(write(table, "out/t.csv", "replace"))
                .isEqualTo("id,s,d,n\n1,\"a,\"\"b\",1.50,\n");
        assertThat(write(table, "t.ndjson", "replace"))
                .isEqualTo("{\"id\":1,\"s\":\"a,\\\"b\",\"d\":\"1.50\",\"n\":null}\n");
        assertThat(write(table, "t.json", "create").replaceAll("\\s", ""))
                .isEqualTo("[{\"id\":1,\"s\":\"a,\\\"b\",\"d\":\"1.50\",\"n\":null}]");
        write(table, "t.parquet", "replace");
        assertThat(new DuckTables().inspect(flow("t.parquet")).rows()).isEqualTo(1);
        try (Stream<Path> files = Files.walk(root.resolve("flow"))) {
            assertThat(files.filter(f -> f.toString().contains(".part"))).isEmpty();
        }
    }

    @Test
    void theArtifactIsTheFile() throws Exception {
        FakeTaskContext context = context(Made.table(root, "SELECT 1 AS a"), "t.csv", "replace");
        Map<String, Value> outputs = Made.outputs(WRITE.run(context));
        Value.Artifact file = (Value.Artifact) outputs.get("file");
        assertThat(file.mediaType()).isEqualTo("text/csv");
        assertThat(file.name()).isEqualTo("t.csv");
        assertThat(file.isTable()).isFalse();
        assertThat(Files.readString(context.path(file))).isEqualTo("a\n1\n");
        assertThat(outputs.get("table")).isEqualTo(file);
    }

    @Test
    void createDoesNotTouchWhatIsThere() throws Exception {
        Value table = Made.table(root, "SELECT 1 AS a");
        write(table, "t.csv", "create");
        assertThatThrownBy(() -> write(table, "t.csv", "create"))
                .hasMessageContaining("\"t.csv\" is there already");
    }

    @Test
    void appendAddsRowsUnderTheSameColumns() throws Exception {
        Value table = Made.table(root, "SELECT 1 AS a, 'x' AS b");
        write(table, "t.csv", "append");
        Files.writeString(flow("t.csv"), "a,b\n0,y");
        assertThat(write(table, "t.csv", "append")).isEqualTo("a,b\n0,y\n1,x\n");
        Value other = Made.table(root, "SELECT 1 AS c");
        assertThatThrownBy(() -> write(other, "t.csv", "append"))
                .hasMessageContaining("has other columns (a, b) than the table (c)");
        write(table, "t.ndjson", "append");
        assertThat(write(table, "t.ndjson", "append"))
                .isEqualTo("{\"a\":1,\"b\":\"x\"}\n{\"a\":1,\"b\":\"x\"}\n");
        assertThatThrownBy(() -> write(table, "t.xlsx", "append"))
                .hasMessageContaining("append cannot add to xlsx");
    }

    @Test
    void aWorkbookKeepsTypesAndEveryDigit() throws Exception {
        Value table =
                Made.table(
                        root,
                        "SELECT 5 AS i, 1.25 AS d, true AS b, DATE '2024-02-29' AS day, TIMESTAMP"
                                + " '2024-02-29 12:30:00' AS t, '=1+1' AS s, 9007199254740993 AS"
                                + " big, 'nan'::DOUBLE AS n, NULL AS nothing");
        FakeTaskContext context = context(table, "t.xlsx", "replace");
        WRITE.run(context);
        try (ReadableWorkbook book = new ReadableWorkbook(flow("t.xlsx").toFile())) {
            Row row = book.getFirstSheet().read().get(1);
            assertThat(row.getCellAsNumber(0).orElseThrow()).isEqualByComparingTo("5");
            assertThat(row.getCellAsNumber(1).orElseThrow()).isEqualByComparingTo("1.25");
            assertThat(row.getCellAsBoolean(2)).contains(true);
            assertThat(row.getCellAsDate(3).orElseThrow()).hasToString("2024-02-29T00:00");
            assertThat(row.getCellAsDate(4).orElseThrow()).hasToString("2024-02-29T12:30");
            assertThat(row.getCell(5).getType()).isEqualTo(CellType.STRING);
            assertThat(row.getCellText(6)).isEqualTo("9007199254740993");
            assertThat(row.getCellText(7)).isEqualTo("NaN");
        }
    }

    @Test
    void whatDoesNotFitASheetIsRefused() throws Exception {
        Value table = Made.table(root, "SELECT i FROM range(1048576) t(i)");
        assertThatThrownBy(() -> write(table, "t.xlsx", "replace"))
                .hasMessageContaining("1048576 rows and 1 columns do not fit a sheet");
        Value wide = Made.table(root, "SELECT repeat('x', 40000) AS s");
        assertThatThrownBy(() -> write(wide, "t.xlsx", "replace"))
                .hasMessageContaining("row 1, column s: 40000 characters do not fit a cell");
        assertThat(flow("t.xlsx")).doesNotExist();
    }

    @Test
    void theTableMustBeClear() throws Exception {
        Value table = Made.table(root, "SELECT 1 AS a");
        FakeTaskContext two = context(table, "t.csv", "replace").input("other", table);
        assertThatThrownBy(() -> WRITE.run(two)).hasMessageContaining("which table? (one of: ");
        two.with("input", "nope");
        assertThatThrownBy(() -> WRITE.run(two)).hasMessageContaining("there is no table \"nope\"");
        two.with("input", "other");
        WRITE.run(two);
        FakeTaskContext none = new FakeTaskContext(root).with("to", "t.csv");
        assertThatThrownBy(() -> WRITE.run(none)).hasMessageContaining("no table comes in");
        FakeTaskContext odd = context(table, "t.doc", "replace");
        assertThatThrownBy(() -> WRITE.run(odd)).hasMessageContaining("does not tell a format");
    }

    private FakeTaskContext context(Value table, String to, String mode) {
        return new FakeTaskContext(root).input("data", table).with("to", to).with("mode", mode);
    }

    private String write(Value table, String to, String mode) throws Exception {
        // Each attempt has a fresh folder.
        try (Stream<Path> left = Files.list(root.resolve("work"))) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        WRITE.run(context(table, to, mode));
        return to.endsWith("parquet") ? "" : Files.readString(flow(to));
    }

    private Path flow(String name) {
        return root.resolve("flow").resolve(name);
    }
}
