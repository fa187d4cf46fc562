package dev.sluice.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Spelling;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void durationsAreSumsOfParts() {
        assertThat(Durations.parse("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(Durations.parse("2s")).isEqualTo(Duration.ofSeconds(2));
        assertThat(Durations.parse("1m30s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Durations.parse("1.5h")).isEqualTo(Duration.ofMinutes(90));
        assertThat(Durations.parse("7d")).isEqualTo(Duration.ofDays(7));
        assertThat(Durations.parse("36500d")).isEqualTo(Duration.ofDays(36_500));
        for (String wrong : List.of("", "2", "s", "2 s", "-1s", "1s2", "2S", "1e3s", "36501d")) {
            assertThat(Durations.parse(wrong)).as(wrong).isNull();
        }
    }

    @Test
    void sizesCountInPowersOf1024And1000() {
        assertThat(Sizes.parse("1Gi")).hasValue(1L << 30);
        assertThat(Sizes.parse("512Mi")).hasValue(512L << 20);
        assertThat(Sizes.parse("1.5Ki")).hasValue(1536);
        assertThat(Sizes.parse("500M")).hasValue(500_000_000);
        assertThat(Sizes.parse("2GB")).hasValue(2_000_000_000);
        assertThat(Sizes.parse("1048576")).hasValue(1_048_576);
        for (String wrong : List.of("", "Gi", "-1", "1 Gi", "1X", "999999999999Ti")) {
            assertThat(Sizes.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void theNearestNameIsAFewSlipsAway() {
        List<String> names = List.of("clean", "choose", "predict", "x");
        assertThat(Spelling.nearest("claen", names)).isEqualTo("clean");
        assertThat(Spelling.nearest("predicts", names)).isEqualTo("predict");
        assertThat(Spelling.nearest("y", names)).isNull();
        assertThat(Spelling.nearest("entirely", names)).isNull();
        assertThat(Messages.instead("y", names))
                .isEqualTo(" (expected: clean, choose, predict or x)");
    }
}
