package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the shell has to do once the events are durable. Each is idempotent by run, task, item and
 * attempt, and all that still matter can be computed again from the state: {@link RunFold#effects}.
 */
public sealed interface Effect {
    record Dispatch(int task, int item, int attempt) implements Effect {}

    /** End the attempt's process. */
    record Abort(int task, int item, int attempt) implements Effect {}

    /** Cancel the attempt's child run. */
    record AbortChild(int task, int item, int attempt, FlowId flow) implements Effect {}

    /** Send {@link Command.TimerDue} at this time. */
    record ArmTimer(int task, int item, int attempt, long at) implements Effect {}

    /** Send {@link Command.RunTimeDue} at this time. */
    record ArmRunTimer(long at) implements Effect {}

    record StartChild(
            int task,
            int item,
            int attempt,
            FlowId flow,
            @Nullable Integer version,
            Map<String, Value> inputs)
            implements Effect {}

    /** Tell whoever waits, a parent run among them. */
    record TellEnded() implements Effect {}
}
