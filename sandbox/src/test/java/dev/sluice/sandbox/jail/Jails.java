package dev.sluice.sandbox.jail;

import static org.junit.jupiter.api.Assumptions.abort;

/** The jail of this machine, opened once for all tests, as a server would. */
public final class Jails {
    private static final class Holder {
        static final Jail.Opened OPENED = open();

        private static Jail.Opened open() {
            try {
                return Jail.open(null);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Jails() {}

    /** Skips the test, with the reason, where there can be none. */
    public static Jail jail() {
        return switch (Holder.OPENED) {
            case Jail.Opened.Usable(Jail jail) -> jail;
            case Jail.Opened.Unusable(String reason, var probes) -> {
                System.err.println("SKIPPED: " + reason + " " + probes);
                yield abort(reason);
            }
        };
    }
}
