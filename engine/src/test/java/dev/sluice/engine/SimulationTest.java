package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code -Dsluice.seeds=N} plays more seeds, {@code -Dsluice.seed=S} plays one again. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 12_000);

    @Test
    void runsEndAndKeepTheirInvariantsUnderCrashesDelaysAndDuplicates() {
        Long only = Long.getLong("sluice.seed");
        long events = 0;
        for (long seed = only == null ? 0 : only;
                seed < (only == null ? SEEDS : only + 1);
                seed++) {
            try {
                events += new Simulation(seed).play();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ": play it again with -Dsluice.seed=" + seed, e);
            }
        }
        System.out.println("simulated " + events + " events");
        assertThat(events).isPositive();
    }
}
