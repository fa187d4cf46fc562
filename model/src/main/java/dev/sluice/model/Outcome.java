package dev.sluice.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How one attempt of a task ended, or what it now waits for. */
public sealed interface Outcome {
    record Succeeded(Map<String, Value> outputs) implements Outcome {}

    /** Equal inputs, code and environment were found in the cache. */
    record Reused(Map<String, Value> outputs, RunId from) implements Outcome {}

    /**
     * @param retryable whether another try might end otherwise
     */
    record Failed(String message, boolean retryable) implements Outcome {}

    /** The attempt goes on by itself at this time and succeeds with these outputs. */
    record WaitUntil(long epochMicros, Map<String, Value> outputs) implements Outcome {}

    /** The attempt goes on when a person answers; the form tells what to ask. */
    record Ask(Value.MapOf form) implements Outcome {}

    /**
     * The attempt goes on when a child run ends, and takes its outputs.
     *
     * @param version the flow's version, or null for the newest
     */
    record Delegate(FlowId flow, @Nullable Integer version, Map<String, Value> inputs)
            implements Outcome {}
}
