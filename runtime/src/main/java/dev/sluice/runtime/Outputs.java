package dev.sluice.runtime;

import dev.sluice.engine.EventCodec;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.util.Map;

/** Keeps the journal small: what an attempt may leave in it. */
final class Outputs {
    /** Values of one attempt, as the journal keeps them. */
    static final int BYTES_MAX = 1 << 20;

    private Outputs() {}

    /**
     * The outcome, if its values are not too large.
     *
     * @throws TaskException if they are
     */
    static Outcome checked(Outcome outcome) throws TaskException {
        Map<String, Value> values =
                switch (outcome) {
                    case Outcome.Succeeded o -> o.outputs();
                    case Outcome.WaitUntil o -> o.outputs();
                    case Outcome.Ask o -> o.form().entries();
                    case Outcome.Delegate o -> o.inputs();
                    case Outcome.Reused _, Outcome.Failed _ -> Map.of();
                };
        if (mayBeLarge(values)) {
            int bytes = EventCodec.encodeValues(values).length;
            if (bytes > BYTES_MAX) {
                throw TaskException.terminal(
                        "its output values take "
                                + bytes
                                + " bytes (expected: at most "
                                + BYTES_MAX
                                + "); hand large data on as a table or file");
            }
        }
        return outcome;
    }

    /** A few scalars are not worth measuring. */
    private static boolean mayBeLarge(Map<String, Value> values) {
        for (Value value : values.values()) {
            switch (value) {
                case Value.Null _, Value.Bool _, Value.Int _, Value.Dec _, Value.Artifact _ -> {}
                case Value.Text t -> {
                    if (t.value().length() > 1000) {
                        return true;
                    }
                }
                case Value.ListOf _, Value.MapOf _ -> {
                    return true;
                }
            }
        }
        return values.size() > 1000;
    }
}
