package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.spi.TableFormats;
import dev.sluice.spi.TaskException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckTablesTest {
    @TempDir Path root;
    private final DuckTables tables = new DuckTables();

    private static final List<String> SCALARS =
            List.of(
                    "BOOLEAN",
                    "TINYINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UBIGINT",
                    "UHUGEINT",
                    "FLOAT",
                    "DOUBLE",
                    "DECIMAL(38,18)",
                    "DECIMAL(9,2)",
                    "DATE",
                    "TIME",
                    "TIMESTAMP",
                    "TIMESTAMP WITH TIME ZONE",
                    "VARCHAR",
                    "BLOB",
                    "UUID",
                    "INTERVAL");

    @Test
    void everyTableComesBackFromNdjsonAsItWas() throws Exception {
        long seed = Long.getLong("seed", 20261124L);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            int columns = 1 + random.nextInt(6);
            List<String> types = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                types.add(type(random, 2));
            }
            List<String> rows = new ArrayList<>();
            for (int r = 0; r < 1 + random.nextInt(20); r++) {
                List<String> row = new ArrayList<>();
                types.forEach(t -> row.add(literal(random, DuckType.parse(t))));
                rows.add("(" + String.join(", ", row) + ")");
            }
            roundTrip("seed " + seed + " round " + round, types, rows);
        }
    }

    private void roundTrip(String what, List<String> types, List<String> rows) throws Exception {
        List<String> names = new ArrayList<>();
        List<String> casts = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            names.add("c" + i);
            casts.add("c" + i + "::" + types.get(i) + " AS \"Col " + i + "'s\"");
        }
        Path before = root.resolve("before.parquet");
        Path after = root.resolve("after.parquet");
        Path ndjson = root.resolve("rows.ndjson");
        try (DuckSession session = session()) {
            String values = "(VALUES " + String.join(", ", rows) + ") t";
            session.copy(
                    "test",
                    "SELECT "
                            + String.join(", ", casts)
                            + " FROM "
                            + values
                            + "("
                            + String.join(", ", names)
                            + ")",
                    before);
        }
        Value.TableInfo info = tables.inspect(before);
        tables.toNdjson(before, ndjson);
        assertThat(tables.fromNdjson(ndjson, after, info.columns()))
                .as(what + Files.readString(ndjson))
                .isEqualTo(info);
        try (DuckSession session = session()) {
            String shown = "SELECT COLUMNS(*)::VARCHAR FROM read_parquet(";
            String one = shown + Sql.file(before) + ")";
            String two = shown + Sql.file(after) + ")";
            String sql = "((%s) EXCEPT ALL (%s)) UNION ALL ((%s) EXCEPT ALL (%s))";
            long different =
                    session.query(
                            "test",
                            "SELECT count(*) FROM (" + sql.formatted(one, two, two, one) + ")",
                            r -> r.next() ? r.getLong(1) : -1);
            assertThat(different).as(what + " " + types + Files.readString(ndjson)).isZero();
        }
    }

    private DuckSession session() throws TaskException, InterruptedException {
        return DuckSession.open(root, Resources.DEFAULT, List.of());
    }

    private static String type(SplittableRandom random, int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(10);
        return switch (kind) {
            case 1 -> type(random, depth - 1) + "[]";
            case 2 ->
                    "STRUCT(a "
                            + type(random, depth - 1)
                            + ", \"b c\" "
                            + type(random, depth - 1)
                            + ")";
            case 3 -> "MAP(VARCHAR, " + type(random, depth - 1) + ")";
            default -> SCALARS.get(random.nextInt(SCALARS.size()));
        };
    }

    private static String literal(SplittableRandom random, DuckType type) {
        if (random.nextInt(8) == 0) {
            return "NULL";
        }
        return switch (type) {
            case DuckType.Scalar s -> scalar(random, s.name()) + "::" + s.name();
            case DuckType.ListOf l ->
                    "[" + literal(random, l.item()) + ", " + literal(random, l.item()) + "]";
            case DuckType.Struct s ->
                    "{'a': "
                            + literal(random, s.fields().get(0).type())
                            + ", 'b c': "
                            + literal(random, s.fields().get(1).type())
                            + "}";
            case DuckType.MapOf m -> "MAP {'k': " + literal(random, m.value()) + ", 'ü\"': NULL}";
        };
    }

    private static String scalar(SplittableRandom random, String type) {
        return switch (type) {
            case "BOOLEAN" -> random.nextBoolean() ? "true" : "false";
            case "TINYINT" -> "'" + (random.nextInt(256) - 128) + "'";
            case "INTEGER" -> "'" + random.nextInt() + "'";
            case "BIGINT" -> pick(random, "'" + random.nextLong() + "'", "'9223372036854775807'");
            case "HUGEINT" ->
                    pick(
                            random,
                            "'99999999999999999999999999999999999999'",
                            "'-99999999999999999999999999999999999999'",
                            "'" + random.nextLong() + "'");
            case "UBIGINT" -> "'18446744073709551615'";
            case "UHUGEINT" -> "'18446744073709551616'";
            case "FLOAT", "DOUBLE" ->
                    pick(
                            random,
                            "'nan'",
                            "'inf'",
                            "'-inf'",
                            "'0.1'",
                            "'-0.0'",
                            "'1e30'",
                            "'" + (float) random.nextDouble() + "'");
            case "DECIMAL(38,18)" -> "'12345678901234567890.123456789012345678'";
            case "DECIMAL(9,2)" -> "'" + random.nextInt(1000000) + ".1'";
            case "DATE" -> pick(random, "'2024-02-29'", "'0044-03-15 (BC)'", "'infinity'");
            case "TIME" -> "'23:59:59.999999'";
            case "TIMESTAMP" -> pick(random, "'2024-02-29 01:02:03.000004'", "'1900-01-01'");
            case "TIMESTAMP WITH TIME ZONE" -> "'2024-02-29 01:02:03.000004+05:30'";
            case "VARCHAR" ->
                    pick(
                            random,
                            "''",
                            "'null'",
                            "'2024-01-01'",
                            "'a\"b\\n\n\t\\u0000😀'",
                            "'" + random.nextInt() + "'",
                            "' {\"a\": [1]} '");
            case "BLOB" -> pick(random, "'\\xAA\\x00\\xFF'", "''", "'text'");
            case "UUID" -> "'a1b2c3d4-e5f6-7890-abcd-ef1234567890'";
            case "INTERVAL" -> pick(random, "'1 day'", "'3 months 02:00:00.5'");
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static String pick(SplittableRandom random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Test
    void typesAreInferredFromAllRows() throws Exception {
        Path ndjson = root.resolve("rows.ndjson");
        Files.writeString(
                ndjson,
                """
                {"id": 1, "big": 17014118346046923173168730371588410572, "day": "2024-01-02"}
                {"id": null, "big": 5, "day": null, "x": 1.5, "name": "O'Hara"}
                """);
        Value.TableInfo info = tables.fromNdjson(ndjson, root.resolve("t.parquet"), null);
        assertThat(info.rows()).isEqualTo(2);
        assertThat(info.columns())
                .containsExactly(
                        new Value.Column("id", "BIGINT"),
                        new Value.Column("big", "DECIMAL(38,0)"),
                        new Value.Column("day", "DATE"),
                        new Value.Column("x", "DOUBLE"),
                        new Value.Column("name", "VARCHAR"));
        List<Value> rows = tables.preview(root.resolve("t.parquet"), 1);
        assertThat(rows.getFirst().toJava().toString())
                .isEqualTo(
                        "{id=1, big=17014118346046923173168730371588410572, day=2024-01-02,"
                                + " x=null, name=null}");
    }

    @Test
    void aTableWithoutRowsNeedsItsColumns() throws Exception {
        Path ndjson = Files.writeString(root.resolve("rows.ndjson"), "\n");
        Path target = root.resolve("t.parquet");
        assertThatThrownBy(() -> tables.fromNdjson(ndjson, target, null))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("name them");
        Value.TableInfo info =
                tables.fromNdjson(ndjson, target, List.of(new Value.Column("a", "BIGINT")));
        assertThat(info)
                .isEqualTo(new Value.TableInfo(List.of(new Value.Column("a", "BIGINT")), 0));
    }

    @Test
    void itemsAreStackedUnderTheirIndex() throws Exception {
        Path a = root.resolve("a.parquet");
        Path b = root.resolve("b.parquet");
        try (DuckSession session = session()) {
            session.copy("test", "SELECT 1 AS n, 'x' AS s", a);
            session.copy("test", "SELECT 2.5::DOUBLE AS n, true AS t", b);
        }
        Path target = root.resolve("all.parquet");
        Value.TableInfo info =
                tables.stack(
                        List.of(
                                new TableFormats.ItemTable(0, a),
                                new TableFormats.ItemTable(3, b),
                                new TableFormats.ItemTable(4, a)),
                        target);
        assertThat(info.rows()).isEqualTo(3);
        assertThat(info.columns().getFirst()).isEqualTo(new Value.Column("item_index", "BIGINT"));
        assertThat(tables.preview(target, 9).stream().map(v -> v.toJava().toString()).toList())
                .containsExactly(
                        "{item_index=0, n=1.0, s=x, t=null}",
                        "{item_index=3, n=2.5, s=null, t=true}",
                        "{item_index=4, n=1.0, s=x, t=null}");
    }
}
