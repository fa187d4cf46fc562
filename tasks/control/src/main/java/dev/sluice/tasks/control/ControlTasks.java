package dev.sluice.tasks.control;

import dev.sluice.spi.TaskType;
import java.time.InstantSource;
import java.util.List;

/** The task types that steer a run and touch no data: value, wait, fail, approval, flow. */
public final class ControlTasks {
    private ControlTasks() {}

    /**
     * @param clock tells {@code wait} what time it is
     */
    public static List<TaskType> types(InstantSource clock) {
        return List.of(
                new ValueTask(),
                new WaitTask(clock),
                new FailTask(),
                new ApprovalTask(),
                new FlowTask());
    }
}
