package dev.sluice.tasks.table;

import dev.sluice.spi.TaskType;
import java.util.List;

/** The task types of this module. */
public final class TableTasks {
    private TableTasks() {}

    /**
     * {@code table.read}, {@code sql}, {@code table.validate} and {@code table.write}. DuckDB is
     * loaded when the first of them parses or runs something.
     */
    public static List<TaskType> types() {
        SqlParser parser = new SqlParser();
        return List.of(
                new TableReadTask(),
                new SqlTask(parser),
                new TableValidateTask(parser),
                new TableWriteTask());
    }
}
