package dev.sluice.runtime;

import dev.sluice.model.Value;
import dev.sluice.spi.TableFormats;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For runs without tables. */
final class NoTables implements TableFormats {
    private static TaskException none() {
        return TaskException.terminal("this runtime has no tables");
    }

    @Override
    public void toNdjson(Path parquet, Path target) throws TaskException {
        throw none();
    }

    @Override
    public Value.TableInfo fromNdjson(
            Path ndjson, Path parquet, @Nullable List<Value.Column> columns) throws TaskException {
        throw none();
    }

    @Override
    public Value.TableInfo inspect(Path parquet) throws TaskException {
        throw none();
    }

    @Override
    public List<Value> preview(Path parquet, int rows) throws TaskException {
        throw none();
    }

    @Override
    public Value.TableInfo stack(List<ItemTable> items, Path parquet) throws TaskException {
        throw none();
    }
}
