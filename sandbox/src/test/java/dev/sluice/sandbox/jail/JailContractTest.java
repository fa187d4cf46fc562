package dev.sluice.sandbox.jail;

import dev.sluice.spi.Sandbox;
import dev.sluice.testkit.sandbox.SandboxContract;

class JailContractTest extends SandboxContract {
    @Override
    protected Sandbox sandbox() {
        return Jails.jail();
    }
}
