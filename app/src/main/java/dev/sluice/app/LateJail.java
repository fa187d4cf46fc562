package dev.sluice.app;

import dev.sluice.sandbox.jail.Jail;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The jail, made and tried when the first user code is to run: most commands run none. Where it
 * does not hold, user code is refused; nothing weaker takes its place.
 */
final class LateJail implements Sandbox {
    private final Path cache;
    private @Nullable Jail jail;

    /**
     * @param cache where a jail that held is remembered
     */
    LateJail(Path cache) {
        this.cache = cache;
    }

    private synchronized Jail open() throws SandboxException, InterruptedException {
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

    @Override
    public Rung rung() {
        return Rung.JAIL;
    }

    @Override
    public synchronized List<Probe> probes() {
        return jail == null ? List.of() : jail.probes();
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        return open().run(launch, output);
    }
}
