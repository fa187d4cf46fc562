package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextsTest {
    @Test
    void nothingFromOutsideCanSteerATerminal() {
        assertThat(Texts.line("a\u001b[2J\n\u0007\u009b\u202e\ud83d\ude00é"))
                .isEqualTo("a\\u001b[2J\\n\\u0007\\u009b\\u202e\ud83d\ude00é");
        assertThat(Texts.line("\ud83d")).isEqualTo("\\ud83d");
        assertThat(Texts.block("a\n\tb\r")).isEqualTo("a\n\tb\\r");
    }

    @Test
    void timesAndSizesHaveUnits() {
        assertThat(Texts.duration(12_000)).isEqualTo("12 ms");
        assertThat(Texts.duration(3_400_000)).isEqualTo("3.4 s");
        assertThat(Texts.duration(125_000_000)).isEqualTo("2 min 05 s");
        assertThat(Texts.duration(11_220_000_000L)).isEqualTo("3 h 07 min");
        assertThat(Texts.bytes(999)).isEqualTo("999 B");
        assertThat(Texts.bytes(1234)).isEqualTo("1.2 kB");
        assertThat(Texts.bytes(45_678_000)).isEqualTo("46 MB");
        assertThat(Texts.count(1, "row")).isEqualTo("1 row");
        assertThat(Texts.count(12_345, "row")).isEqualTo("12,345 rows");
        assertThat(Texts.time(1_700_000_000_000_001L)).isEqualTo("2023-11-14T22:13:20.000001Z");
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        assertThat(Width.of("数据ab")).isEqualTo(6);
        assertThat(Width.cut("数据流", 5)).isEqualTo("数据…");
        assertThat(Width.pad("é", 3)).isEqualTo("é  ");
    }

    @Test
    void columnsThatDoNotFitAreCounted() {
        List<Value.Column> columns = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            columns.add(new Value.Column("column_" + i, "VARCHAR"));
        }
        List<String> lines =
                TableText.lines(new Value.TableInfo(columns, 0), List.of(), 50, new Style(false));
        assertThat(lines).allMatch(line -> line.length() <= 50);
        assertThat(lines.getLast()).isEqualTo("  + 16 more columns");
    }

    @Test
    void numbersReadAsPeopleWriteThem() {
        assertThat(TableText.number(1e7)).isEqualTo("10000000.0");
        assertThat(TableText.number(0.00123)).isEqualTo("0.00123");
        assertThat(TableText.number(1e300)).isEqualTo("1.0E300");
    }

    @Test
    void anyValueSurvivesTheWire() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            Value value = value(random, 4);
            assertThat(ValueJson.parse(ValueJson.exact(value))).as("seed " + seed).isEqualTo(value);
        }
    }

    private static Value value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> Value.Null.NULL;
            case 1 -> Value.of(random.nextBoolean());
            case 2 -> Value.of(random.nextLong());
            case 3 -> Value.of(random.nextDouble() * Math.pow(10, random.nextInt(-300, 300)));
            case 4 -> Value.of("$\u0000\"\\\ud83d\ude00\u2028".substring(0, random.nextInt(4)));
            case 5 -> Samples.TABLE;
            case 6 -> {
                List<Value> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(value(random, depth - 1));
                }
                yield new Value.ListOf(items);
            }
            default -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                for (String key : List.of("", "a", "$artifact", "$$x", "$")) {
                    if (random.nextBoolean()) {
                        entries.put(key, value(random, depth - 1));
                    }
                }
                yield new Value.MapOf(entries);
            }
        };
    }

    @Test
    void whatIsNoJsonIsRefused() {
        for (String text : List.of("", "{", "1 2", "nope", "{\"a\":1}}", "{\"$artifact\":1}")) {
            assertThatThrownBy(() -> ValueJson.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDiffShowsWhatChangedWithItsSurroundings() {
        assertThat(UnifiedDiff.lines("a", "1\n2\n3\n4\n5\n6\n", "b", "1\n2\n3\n4\nfive\n6\n"))
                .containsExactly(
                        "--- a", "+++ b", "@@ -2,5 +2,5 @@", " 2", " 3", " 4", "-5", "+five", " 6");
        assertThat(UnifiedDiff.lines("a", "x\n", "b", "x\n")).isEmpty();
    }
}
