package dev.sluice.spi;

import java.util.List;
import java.util.Locale;

/** Stands where a stronger sandbox was asked for than there is. */
record RefusingSandbox(Sandbox.Rung rung, Sandbox.Rung available) implements Sandbox {
    @Override
    public List<Probe> probes() {
        return List.of();
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException {
        throw new SandboxException(
                "sandbox "
                        + rung.name().toLowerCase(Locale.ROOT)
                        + " is asked for, and this runs with "
                        + available.name().toLowerCase(Locale.ROOT)
                        + ": run it without --unsafe-process, or ask for less");
    }
}
