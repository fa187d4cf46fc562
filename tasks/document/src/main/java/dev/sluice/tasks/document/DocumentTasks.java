package dev.sluice.tasks.document;

import dev.sluice.spi.TaskType;
import java.util.List;

/** The task types that make documents: one, {@code report}. */
public final class DocumentTasks {
    private DocumentTasks() {}

    public static List<TaskType> types() {
        return List.of(new ReportTask());
    }
}
