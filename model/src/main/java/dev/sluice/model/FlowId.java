package dev.sluice.model;

import java.util.regex.Pattern;

/**
 * A flow's name, unique in its tenant.
 *
 * @param value {@code [a-z][a-z0-9-]*}, at most 63 characters
 */
public record FlowId(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    public FlowId {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "flow id: " + value + " (expected: [a-z][a-z0-9-]*, at most 63 characters)");
        }
    }

    /** Whether the text may name a flow. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
