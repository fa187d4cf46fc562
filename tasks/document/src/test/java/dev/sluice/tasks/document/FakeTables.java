package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import dev.sluice.spi.TableFormats;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tables that are kept in memory, under the paths of artifacts that hold only their names. */
final class FakeTables implements TableFormats {
    private final Map<Path, List<Value>> rows = new HashMap<>();

    /** Gives the context an input table. */
    void add(
            FakeTaskContext context,
            String name,
            List<Value.Column> columns,
            List<Value> given,
            long total)
            throws Exception {
        Path file = Files.writeString(context.workDir().resolve("table"), name);
        Value.Artifact artifact =
                context.store(
                        file,
                        Value.Artifact.PARQUET,
                        name + ".parquet",
                        new Value.TableInfo(columns, total));
        rows.put(context.path(artifact), given);
        context.tables(this).input(name, artifact);
    }

    @Override
    public List<Value> preview(Path parquet, int count) {
        List<Value> all = rows.getOrDefault(parquet, List.of());
        return all.subList(0, Math.min(count, all.size()));
    }

    @Override
    public void toNdjson(Path parquet, Path target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Value.TableInfo fromNdjson(Path ndjson, Path parquet, List<Value.Column> columns) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Value.TableInfo inspect(Path parquet) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Value.TableInfo stack(List<ItemTable> items, Path parquet) {
        throw new UnsupportedOperationException();
    }
}
