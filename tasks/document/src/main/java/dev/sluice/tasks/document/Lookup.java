package dev.sluice.tasks.document;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import dev.sluice.spi.TaskException;

/**
 * What a template finds under a name that may have dots in it, such as {@code table.orders} and
 * {@code table.orders.bad_rows}: the template hands the name over piece by piece, and each piece
 * may be the last.
 *
 * @param name the pieces so far, "" at first
 */
record Lookup(String name, Finder finder, Inputs inputs) implements Mustache.CustomContext {
    /** Makes what stands there from an input's whole name. */
    interface Finder {
        Object find(String name) throws TaskException, InterruptedException;
    }

    @Override
    public Object get(String piece) throws TaskException, InterruptedException {
        String longer = name.isEmpty() ? piece : name + "." + piece;
        return inputs.isPrefix(longer + ".")
                ? new Lookup(longer, finder, inputs)
                : finder.find(longer);
    }

    boolean isWhole() {
        return inputs.has(name);
    }

    /** What stands under the name as it is. */
    Object found() {
        try {
            return finder.find(name);
        } catch (TaskException | InterruptedException e) {
            throw new MustacheException(e);
        }
    }
}
