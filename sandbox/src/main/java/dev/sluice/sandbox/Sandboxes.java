package dev.sluice.sandbox;

import dev.sluice.sandbox.bwrap.Bwrap;
import dev.sluice.sandbox.jail.Jail;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rungs of this machine, each made and tried when the first user code is to run on it: most
 * commands run none. An attempt runs on the weakest rung that is at least what its task and the
 * operator ask for. Where there is none that holds, user code is refused; nothing weaker takes its
 * place. Thread-safe.
 */
public final class Sandboxes implements Sandbox {
    private final Path cache;
    private final Rung least;
    private @Nullable Jail jail;
    private @Nullable Bwrap bwrap;

    /**
     * @param cache where a jail that held is remembered, see {@link Jail#open}
     * @param least below which nothing runs, whatever a task accepts
     */
    public Sandboxes(Path cache, Rung least) {
        this.cache = cache;
        this.least = least;
    }

    /** The weakest rung that is to be tried for what is asked. */
    @Override
    public Rung rung() {
        return least.compareTo(Rung.JAIL) < 0 ? Rung.JAIL : least;
    }

    @Override
    public synchronized List<Probe> probes() {
        Sandbox known = rung() == Rung.BWRAP ? bwrap : jail;
        return known == null ? List.of() : known.probes();
    }

    @Override
    public Sandbox atLeast(Rung asked) {
        return asked.compareTo(rung()) <= 0 ? this : new Stronger(asked);
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        return open(rung()).run(launch, output);
    }

    private final class Stronger implements Sandbox {
        private final Rung rung;

        Stronger(Rung rung) {
            this.rung = rung;
        }

        @Override
        public Rung rung() {
            return rung;
        }

        @Override
        public List<Probe> probes() {
            return List.of();
        }

        @Override
        public Exit run(Launch launch, Output output)
                throws SandboxException, InterruptedException {
            return open(rung).run(launch, output);
        }
    }

    private synchronized Sandbox open(Rung rung) throws SandboxException, InterruptedException {
        return switch (rung) {
            case PROCESS, JAIL -> jail();
            case BWRAP -> bwrap();
            case CONTAINER, KUBERNETES ->
                    throw new SandboxException(
                            "sandbox "
                                    + rung.name().toLowerCase(Locale.ROOT)
                                    + " is not available yet (expected: jail or bwrap)");
        };
    }

    private Jail jail() throws SandboxException, InterruptedException {
        Jail known = jail;
        if (known == null) {
            known =
                    switch (Jail.open(cache)) {
                        case Jail.Opened.Usable usable -> usable.jail();
                        case Jail.Opened.Unusable unusable ->
                                throw new SandboxException(
                                        unusable.reason()
                                                + "; see: sluice doctor. Code that you trust can"
                                                + " run with: --unsafe-process");
                    };
            jail = known;
        }
        return known;
    }

    private Bwrap bwrap() throws SandboxException, InterruptedException {
        Bwrap known = bwrap;
        if (known == null) {
            known =
                    switch (Bwrap.open(jail())) {
                        case Bwrap.Opened.Usable usable -> usable.bwrap();
                        case Bwrap.Opened.Unusable unusable ->
                                throw new SandboxException(
                                        "sandbox bwrap is asked for, and there is none: "
                                                + unusable.reason()
                                                + "; see: sluice doctor");
                    };
            bwrap = known;
        }
        return known;
    }
}
