package dev.sluice.sandbox.bwrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.spi.Sandbox;
import dev.sluice.testkit.sandbox.Recorded;
import dev.sluice.testkit.sandbox.SandboxContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BwrapContractTest extends SandboxContract {
    @Override
    protected Sandbox sandbox() {
        return Bwraps.bwrap();
    }

    /** Bubblewrap tells where it has gone. */
    @Override
    protected Set<String> addedVariables() {
        return Set.of("PWD");
    }

    @Override
    protected boolean hasItsOwnProcessNumbers() {
        return true;
    }

    @Test
    void allProbesHeldAndSayWhatTheySaw() {
        List<Sandbox.Probe> probes = Bwraps.bwrap().probes();
        probes.forEach(probe -> System.out.println(probe.name() + ": " + probe.evidence()));
        assertThat(probes).hasSizeGreaterThanOrEqualTo(10).allMatch(Sandbox.Probe::held);
    }

    @Test
    void multiprocessingWorks() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "there is no /usr/bin/python3");
        var output = new Recorded();
        String code =
                """
                import multiprocessing as m
                if __name__ == '__main__':
                    with m.get_context('fork').Pool(2) as pool: print(sum(pool.map(abs, range(-9, 1))))
                """;
        Sandbox.Exit exit =
                sandbox()
                        .run(
                                new Sandbox.Launch(
                                        List.of("/usr/bin/python3", "-I", "-c", code),
                                        Map.of("PATH", "/usr/bin:/bin"),
                                        work,
                                        List.of(),
                                        List.of(work),
                                        LIMITS),
                                output);
        assertThat(output.stdout()).as("%s %s", exit, output.stderr()).isEqualTo("45\n");
    }
}
