package dev.sluice.store;

import dev.sluice.store.DataDirectory.Holder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Another process owns the data directory; the message says which, since when, and what to do. */
public final class HeldException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Holder holder;

    HeldException(Path root, @Nullable Holder holder) {
        super(
                root
                        + ": held by "
                        + (holder == null ? "another process" : holder)
                        + "; wait for it, stop it, or use another data directory (--data)");
        this.holder = holder;
    }

    /** Who holds it, or null where that could not be read. */
    public @Nullable Holder holder() {
        return holder;
    }
}
