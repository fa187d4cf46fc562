package dev.sluice.sandbox;

import dev.sluice.spi.Sandbox;
import dev.sluice.testkit.sandbox.SandboxContract;

class UnsafeProcessContractTest extends SandboxContract {
    @Override
    protected Sandbox sandbox() {
        return new UnsafeProcess();
    }

    @Override
    protected boolean confines() {
        return false;
    }
}
