package dev.sluice.model;

import java.util.regex.Pattern;

/**
 * The owner of flows, runs, artifacts and secrets: part of every key and a parameter of every store
 * query.
 *
 * @param value {@code [a-z][a-z0-9-]*}, at most 63 characters: it names folders and rows
 */
public record TenantId(String value) {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    /** The tenant of a data directory that nobody has divided. */
    public static final TenantId DEFAULT = new TenantId("default");

    public TenantId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "tenant: " + value + " (expected: [a-z][a-z0-9-]*, at most 63 characters)");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
