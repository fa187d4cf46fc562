package dev.sluice.tasks.table;

import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.spi.TableFormats;
import dev.sluice.spi.TaskException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link TableFormats} on DuckDB. In NDJSON, lists, structs and maps are JSON's; bytes are base64;
 * a floating number that is not finite is one of the strings {@code nan}, {@code inf}, {@code
 * -inf}; a FLOAT is written with the digits of its double.
 *
 * <p>Each call opens a DuckDB of its own, which may spill beside its target.
 */
public final class DuckTables implements TableFormats {
    private static final String LINES = "newline_delimited";

    private final Resources resources;

    /** With one processor, 512 MB of memory and 16 GB of disk for each call. */
    public DuckTables() {
        this(new Resources(1, 512L << 20, 16L << 30, 0));
    }

    /**
     * @param resources for each call
     */
    public DuckTables(Resources resources) {
        this.resources = resources;
    }

    @Override
    public void toNdjson(Path parquet, Path target) throws TaskException, InterruptedException {
        try (DuckSession session = open(target, List.of(parquet))) {
            String from = scan(parquet);
            session.execute(
                    "table",
                    "COPY (SELECT "
                            + String.join(", ", encoded(session.columns("table", "FROM " + from)))
                            + " FROM "
                            + from
                            + ") TO "
                            + Sql.file(target.toAbsolutePath())
                            + " (FORMAT json)");
        }
    }

    private static List<String> encoded(List<Value.Column> columns) {
        List<String> out = new ArrayList<>();
        for (Value.Column column : columns) {
            String name = Sql.name(column.name());
            out.add(DuckType.parse(column.type()).encode(name, 0) + " AS " + name);
        }
        return out;
    }

    @Override
    public Value.TableInfo fromNdjson(
            Path ndjson, Path parquet, @Nullable List<Value.Column> columns)
            throws TaskException, InterruptedException {
        try (DuckSession session = open(parquet, List.of(ndjson))) {
            List<Value.Column> all =
                    columns != null ? columns : JsonTypes.infer(session, "table", ndjson, LINES);
            if (all.isEmpty()) {
                throw TaskException.terminal(
                        "a table without rows has no columns either: name them and their types");
            }
            Map<String, String> wires = new LinkedHashMap<>();
            List<String> values = new ArrayList<>();
            for (Value.Column column : all) {
                DuckType type = DuckType.parse(column.type());
                String name = Sql.name(column.name());
                wires.put(column.name(), type.wire());
                values.add(type.decode(name, 0) + " AS " + name);
            }
            String query =
                    "SELECT "
                            + String.join(", ", values)
                            + " FROM "
                            + JsonTypes.scan(ndjson, LINES, wires);
            return session.copy("table", query, parquet.toAbsolutePath());
        }
    }

    @Override
    public Value.TableInfo inspect(Path parquet) throws TaskException, InterruptedException {
        try (DuckSession session = open(parquet, List.of(parquet))) {
            return session.inspect(parquet.toAbsolutePath());
        }
    }

    @Override
    public List<Value> preview(Path parquet, int rows) throws TaskException, InterruptedException {
        try (DuckSession session = open(parquet, List.of(parquet))) {
            String from = scan(parquet);
            List<Value.Column> columns = session.columns("table", "FROM " + from);
            List<String> fields = new ArrayList<>();
            for (Value.Column column : columns) {
                String value = DuckType.parse(column.type()).encode(Sql.name(column.name()), 0);
                fields.add(Sql.text(column.name()) + ", " + value);
            }
            String query =
                    "SELECT json_object(" + String.join(", ", fields) + ") FROM (FROM " + from;
            return session.query(
                    "table",
                    query + " LIMIT " + rows + ")",
                    result -> {
                        List<Value> out = new ArrayList<>();
                        while (result.next()) {
                            out.add(value(Json.parse(result.getString(1))));
                        }
                        return out;
                    });
        }
    }

    /** Integers that do not fit a {@link Value.Int} become texts, so that no digit is lost. */
    private static Value value(@Nullable Object json) {
        return switch (json) {
            case BigInteger big -> Value.of(big.toString());
            case BigDecimal number -> Value.of(number.doubleValue());
            case List<?> list -> new Value.ListOf(list.stream().map(DuckTables::value).toList());
            case Map<?, ?> map -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                map.forEach((key, item) -> entries.put(String.valueOf(key), value(item)));
                yield new Value.MapOf(entries);
            }
            case null -> Value.Null.NULL;
            default -> Value.ofJava(json);
        };
    }

    @Override
    public Value.TableInfo stack(List<ItemTable> items, Path parquet)
            throws TaskException, InterruptedException {
        if (items.isEmpty()) {
            throw TaskException.terminal("no item made a table, so there is none to stack");
        }
        List<Path> files = items.stream().map(item -> item.parquet().toAbsolutePath()).toList();
        String indexes =
                String.join(", ", items.stream().map(item -> item.index() + "::BIGINT").toList());
        // By its place in the list, since two items may have made the same file.
        String query =
                "SELECT ["
                        + indexes
                        + "][file_index::BIGINT + 1] AS item_index, * FROM read_parquet("
                        + Sql.texts(files.stream().map(Path::toString).toList())
                        + ", union_by_name=true)";
        try (DuckSession session = open(parquet, files)) {
            return session.copy("table", query, parquet.toAbsolutePath());
        }
    }

    private DuckSession open(Path beside, List<Path> readable)
            throws TaskException, InterruptedException {
        Path folder = Objects.requireNonNull(beside.toAbsolutePath().getParent());
        return DuckSession.open(
                folder, resources, readable.stream().map(Path::toAbsolutePath).toList());
    }

    private static String scan(Path parquet) {
        return "read_parquet(" + Sql.file(parquet.toAbsolutePath()) + ")";
    }
}
