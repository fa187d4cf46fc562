package dev.sluice.tasks.http;

import dev.sluice.spi.TaskType;
import java.util.List;

/** The task types that speak HTTP: one, {@code http}. */
public final class HttpTasks {
    private HttpTasks() {}

    /**
     * @param policy which addresses beside the public ones may be called
     */
    public static List<TaskType> types(NetworkPolicy policy) {
        return List.of(new HttpTask(Exchange.over(policy)));
    }
}
