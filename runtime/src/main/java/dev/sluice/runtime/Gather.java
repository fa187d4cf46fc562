package dev.sluice.runtime;

import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TableFormats.ItemTable;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one table of the tables that the items of a {@code foreach} made. */
final class Gather {
    private Gather() {}

    /**
     * @param lists each output in item order
     */
    static Outcome run(AttemptContext context, Map<String, Value> lists)
            throws TaskException, InterruptedException {
        Map<String, Value> stacked = new LinkedHashMap<>();
        for (Map.Entry<String, Value> output : lists.entrySet()) {
            List<ItemTable> tables = tables(context, output.getValue());
            if (!tables.isEmpty()) {
                Path target = context.workDir().resolve("stacked-" + stacked.size() + ".parquet");
                Value.TableInfo info = context.tables().stack(tables, target);
                stacked.put(
                        output.getKey(),
                        context.store(
                                target,
                                Value.Artifact.PARQUET,
                                output.getKey() + ".parquet",
                                info));
            }
        }
        return new Outcome.Succeeded(stacked);
    }

    private static List<ItemTable> tables(AttemptContext context, Value list) throws TaskException {
        List<ItemTable> tables = new ArrayList<>();
        if (list instanceof Value.ListOf(List<Value> items)) {
            for (int i = 0; i < items.size(); i++) {
                if (items.get(i) instanceof Value.Artifact a && a.isTable()) {
                    tables.add(new ItemTable(i, context.path(a)));
                }
            }
        }
        return tables;
    }
}
