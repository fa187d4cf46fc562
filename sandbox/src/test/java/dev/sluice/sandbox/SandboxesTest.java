package dev.sluice.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.sandbox.jail.Jails;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.Sandbox.Rung;
import dev.sluice.spi.SandboxException;
import dev.sluice.testkit.sandbox.Recorded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxesTest {
    private static final Duration WALL = Duration.ofSeconds(30);

    private static Sandbox.Launch launch(Path work) {
        var limits = new Sandbox.Limits(128 << 20, WALL, WALL, 20, 16 << 20, 64, 1 << 20);
        return new Sandbox.Launch(
                List.of("/usr/bin/true"), Map.of(), work, List.of(), List.of(work), limits);
    }

    @Test
    void theWeakestRungThatIsEnoughIsTaken(@TempDir Path folder) {
        var sandboxes = new Sandboxes(folder.resolve("probes"), Rung.JAIL);
        assertThat(sandboxes.atLeast(Rung.PROCESS).rung()).isEqualTo(Rung.JAIL);
        assertThat(sandboxes.atLeast(Rung.JAIL).rung()).isEqualTo(Rung.JAIL);
        assertThat(sandboxes.atLeast(Rung.BWRAP).rung()).isEqualTo(Rung.BWRAP);
        var operators = new Sandboxes(folder.resolve("probes"), Rung.BWRAP);
        assertThat(operators.atLeast(Rung.JAIL).rung()).isEqualTo(Rung.BWRAP);
        assertThat(operators.rung()).isEqualTo(Rung.BWRAP);
    }

    @Test
    void aRungThatIsNotThereIsRefusedAndNotReplaced(@TempDir Path folder) {
        Jails.jail();
        var sandboxes = new Sandboxes(folder.resolve("probes"), Rung.JAIL);
        assertThatThrownBy(
                        () -> sandboxes.atLeast(Rung.CONTAINER).run(launch(folder), new Recorded()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("container is not available yet");
    }

    @Test
    void anUnconfinedProcessDoesNotPassForAJail(@TempDir Path folder) {
        assertThatThrownBy(() ->
                        new UnsafeProcess().atLeast(Rung.JAIL).run(launch(folder), new Recorded()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("sandbox jail is asked for")
                .hasMessageContaining("--unsafe-process");
    }
}
