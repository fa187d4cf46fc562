package dev.sluice.app;

import dev.sluice.spi.TaskType;
import dev.sluice.tasks.code.CodeTasks;
import dev.sluice.tasks.code.InterpreterLookup;
import dev.sluice.tasks.control.ControlTasks;
import dev.sluice.tasks.document.DocumentTasks;
import dev.sluice.tasks.http.HttpTasks;
import dev.sluice.tasks.http.NetworkPolicy;
import dev.sluice.tasks.table.TableTasks;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every task type there is. */
final class TaskTypes {
    private TaskTypes() {}

    static Map<String, TaskType> all(InterpreterLookup interpreters, NetworkPolicy network) {
        Map<String, TaskType> types = new LinkedHashMap<>();
        for (List<TaskType> family :
                List.of(
                        ControlTasks.types(InstantSource.system()),
                        TableTasks.types(),
                        CodeTasks.types(interpreters),
                        HttpTasks.types(network),
                        DocumentTasks.types())) {
            family.forEach(type -> types.put(type.name(), type));
        }
        return types;
    }
}
