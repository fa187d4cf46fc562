package dev.sluice.sandbox.bwrap;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.sandbox.jail.Jails;

/** Bubblewrap on this machine, tried once for all tests. */
public final class Bwraps {
    private static final class Holder {
        static final Bwrap.Opened OPENED = open();

        private static Bwrap.Opened open() {
            try {
                return Bwrap.open(Jails.jail());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Bwraps() {}

    /** Skips the test, with the reason, where there is none. */
    public static Bwrap bwrap() {
        Jails.jail();
        return switch (Holder.OPENED) {
            case Bwrap.Opened.Usable(Bwrap bwrap) -> bwrap;
            case Bwrap.Opened.Unusable(String reason, var _) -> {
                System.err.println("SKIPPED: " + reason);
                yield abort(reason);
            }
        };
    }
}
