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
                        new Column("none", "VARCHAR"));
        Map<String, Value> outputs =
                bench.table(
                                "clean",
                                columns,
                                "{\"big\":170141183460469231731687303715884105727,\"price\":\"12.30\","
                                        + "\"day\":\"2024-02-29\",\"at\":\"2024-02-29 12:00:00.5\","
                                        + "\"zoned\":\"2024-02-29 12:00:00+02\",\"clock\":\"23:59:59.000001\","
                                        + "\"ok\":true,\"tags\":[\"a\",null],\"none\":null}")
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
}
