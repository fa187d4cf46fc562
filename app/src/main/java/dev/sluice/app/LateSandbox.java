package dev.sluice.app;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox that is made, with its self-test, when the first user code is to run: most flows have
 * none, and the test costs processes.
 */
final class LateSandbox implements Sandbox {
    private final Supplier<Sandbox> maker;
    private @Nullable Sandbox made;

    LateSandbox(Supplier<Sandbox> maker) {
        this.maker = maker;
    }

    private synchronized Sandbox made() {
        Sandbox sandbox = made;
        if (sandbox == null) {
            sandbox = maker.get();
            made = sandbox;
        }
        return sandbox;
    }

    @Override
    public Rung rung() {
        return made().rung();
    }

    @Override
    public List<Probe> probes() {
        return made().probes();
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        return made().run(launch, output);
    }
}
