package dev.sluice.tasks.code;

import dev.sluice.model.Value;
import dev.sluice.spi.TableFormats;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Table formats for tests: what they call Parquet is a line of columns and then the NDJSON. */
final class TextTables implements TableFormats {
    @Override
    public void toNdjson(Path parquet, Path target) {
        write(target, rows(parquet));
    }

    @Override
    public Value.TableInfo fromNdjson(Path ndjson, Path parquet, List<Value.Column> columns) {
        List<String> lines = read(ndjson);
        List<Value.Column> known =
                columns == null ? List.of(new Value.Column("inferred", "JSON")) : columns;
        List<String> all = new ArrayList<>();
        all.add(String.join(",", known.stream().map(c -> c.name() + " " + c.type()).toList()));
        all.addAll(lines);
        write(parquet, all);
        return new Value.TableInfo(known, lines.size());
    }

    @Override
    public Value.TableInfo inspect(Path parquet) throws TaskException {
        List<String> lines = read(parquet);
        if (lines.isEmpty()) {
            throw TaskException.terminal("no Parquet");
        }
        return new Value.TableInfo(List.of(new Value.Column("a", "BIGINT")), lines.size() - 1);
    }

    @Override
    public List<Value> preview(Path parquet, int rows) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Value.TableInfo stack(List<ItemTable> items, Path parquet) {
        throw new UnsupportedOperationException();
    }

    static List<String> rows(Path parquet) {
        List<String> lines = read(parquet);
        return lines.subList(1, lines.size());
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, List<String> lines) {
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
