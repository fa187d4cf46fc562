package dev.sluice.engine;

import java.util.List;

/** The answer to a command. */
public sealed interface Decision {
    /**
     * @param events empty if the command changes nothing, such as a completion that is told twice
     */
    record Accepted(List<RunEvent> events, List<Effect> effects) implements Decision {}

    /** Nothing has changed. */
    record Refused(Refusal reason, String message) implements Decision {}

    enum Refusal {
        RUN_ENDED,
        RUN_NOT_ENDED,
        RUN_SUCCEEDED,
        NOT_WAITING
    }
}
