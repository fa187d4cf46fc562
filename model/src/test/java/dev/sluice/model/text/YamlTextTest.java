package dev.sluice.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlTextTest {
    private static Node.Map map(String text) {
        YamlText.Parsed parsed = YamlText.parse(text);
        assertThat(parsed.problems()).isEmpty();
        return (Node.Map) parsed.root();
    }

    /** Where the letter Q of the scalar under {@code a} is said to stand, and does stand. */
    private static void standsWhereItIs(String text) {
        Node.Scalar scalar = (Node.Scalar) map(text).find("a");
        List<String> lines = text.lines().toList();
        for (int at = scalar.text().indexOf('Q');
                at >= 0;
                at = scalar.text().indexOf('Q', at + 1)) {
            Mark mark = scalar.markAt(at);
            assertThat(lines.get(mark.line() - 1).charAt(mark.column() - 1))
                    .as(mark + " in\n" + text)
                    .isEqualTo('Q');
        }
    }

    @Test
    void scalarsMeanWhatTheCoreSchemaSays() {
        String text =
                """
                a: [7, -0, 0x1F, 0o17, 1.5, 1e3, .5, true, False, null, ~, , yes, 1_000, 0b1, "7", 1.2.3, -]
                """
                        .replace("~, ,", "~,")
                        .replace(", -]", ", '-']");
        assertThat(map(text).find("a").toValue().toJava())
                .isEqualTo(
                        java.util.Arrays.asList(
                                7L, 0L, 31L, 15L, 1.5, 1000.0, 0.5, true, false, null, null, "yes",
                                "1_000", "0b1", "7", "1.2.3", "-"));
    }

    @Test
    void everyCharacterOfAScalarKnowsItsPlace() {
        standsWhereItIs("a: Q b Q");
        standsWhereItIs("a: 'Q ''b'' Q'");
        standsWhereItIs("a: \"Q\\tb\\u00e9Q \\\"Q\\x41Q\"");
        standsWhereItIs("a: \"one Q\n  two Q\n\n  three Q\"");
        standsWhereItIs("a: 'one Q\n  two Q'");
        standsWhereItIs("a: one Q\n   two Q\n\n   three Q\nb: 1");
        standsWhereItIs("a: |\n  Q one\n    Q indented\n\n  last Q\nb: 1");
        standsWhereItIs("a: |2-\n    Q one\n  Q\n");
        standsWhereItIs("a: >\n  one Q\n  Q two\n\n  Q three\n    Q more\n  Q end\n");
        standsWhereItIs("x:\n  - 1\na: {b: 1, c: Q}".replace("{b: 1, c: Q}", "Q"));
    }

    @Test
    void aliasesAreFollowedAndKeepTheirPlaces() {
        Node.Map map = map("base: &b {x: 1}\nother: *b\n");
        assertThat(map.find("other")).isEqualTo(map.find("base"));
        assertThat(map.find("other").toValue())
                .isEqualTo(new Value.MapOf(Map.of("x", Value.of(1))));
    }

    @Test
    void aByteOrderMarkAndJsonAreRead() {
        assertThat(map("\uFEFF{\"a\": [1, {\"b\": null}]}").toValue().toJava())
                .isEqualTo(Map.of("a", List.of(1L, java.util.Collections.singletonMap("b", null))));
    }

    @Test
    void whatCannotStandInYamlIsToldWithItsPlace() {
        assertThat(YamlText.parse("a: 1\nb: x\u0007y").problems())
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.mark()).isEqualTo(new Mark(2, 5));
                    assertThat(p.message()).startsWith("the character U+0007");
                });
        assertThat(YamlText.parse("").root()).isNull();
        assertThat(YamlText.parse("").problems()).isEmpty();
    }
}
