package dev.sluice.tasks.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TicksTest {
    @Test
    void ticksAreRoundNumbersAroundTheData() {
        assertThat(labels(Ticks.of(0, 97, 5))).containsExactly("0", "20", "40", "60", "80", "100");
        assertThat(labels(Ticks.of(0, 0.91, 5)))
                .containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
        assertThat(labels(Ticks.of(-3, 4, 4))).containsExactly("-4", "-2", "0", "2", "4");
        assertThat(labels(Ticks.of(0, 4_200_000, 4)))
                .containsExactly("0", "1M", "2M", "3M", "4M", "5M");
        assertThat(labels(Ticks.of(0, 25_000, 5)))
                .containsExactly("0", "5,000", "10,000", "15,000", "20,000", "25,000");
    }

    @Test
    void anyRangeHasAFewTicksThatEncloseIt() {
        long seed = 20_260_301;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            double a = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-8, 12));
            double b = random.nextInt(10) == 0 ? a : a + random.nextDouble() * Math.abs(a) * 3;
            Ticks ticks = Ticks.of(a, b, 5);
            assertThat(ticks.high()).as("seed %d, %s to %s", seed, a, b).isGreaterThan(ticks.low());
            assertThat(ticks.low()).isLessThanOrEqualTo(a + Math.abs(a) * 1e-6);
            assertThat(ticks.high()).isGreaterThanOrEqualTo(b - Math.abs(b) * 1e-6);
            assertThat(ticks.ticks()).hasSizeBetween(2, 13);
        }
    }

    @Test
    void timesHaveTicksOfTheCalendar() {
        double start = Cells.number(dev.sluice.model.Value.of("2025-01-15"), "DATE");
        assertThat(labels(Ticks.ofTime(start, start + 180 * 86_400.0, 8)))
                .containsExactly(
                        "Feb 2025", "Mar 2025", "Apr 2025", "May 2025", "Jun 2025", "Jul 2025");
        assertThat(labels(Ticks.ofTime(start, start + 6 * 3600, 8)))
                .contains("15 Jan 01:00", "15 Jan 06:00");
        assertThat(labels(Ticks.ofTime(start, start + 20 * 365 * 86_400.0, 8)))
                .containsExactly("2030", "2035", "2040", "2045");
    }

    @Test
    void numbersAreReadAsPeopleWriteThem() {
        assertThat(Numbers.significant(0.912345, 4)).isEqualTo("0.9123");
        assertThat(Numbers.significant(1_234_567.8, 4)).isEqualTo("1,234,568");
        assertThat(Numbers.significant(-12.5, 4)).isEqualTo("-12.5");
        assertThat(Numbers.significant(1.5e-9, 4)).isEqualTo("1.5e-09");
        assertThat(Numbers.significant(100, 2)).isEqualTo("100");
        assertThat(Numbers.count(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void timesOfDuckDbAreRead() {
        assertThat(number("1970-01-02", "DATE")).isEqualTo(86_400);
        assertThat(number("1970-01-01 00:00:01.5", "TIMESTAMP")).isEqualTo(1.5);
        assertThat(number("1970-01-01 02:00:00+02", "TIMESTAMP WITH TIME ZONE")).isZero();
        assertThat(number("soon", "DATE")).isNaN();
        assertThat(number("12.50", "DECIMAL(18,2)")).isEqualTo(12.5);
    }

    private static double number(String text, String type) {
        return Cells.number(dev.sluice.model.Value.of(text), type);
    }

    private static List<String> labels(Ticks ticks) {
        return ticks.ticks().stream().map(Ticks.Tick::label).toList();
    }
}
