package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What people are told of their mistakes, word for word: every case of {@code bad-flows.txt} is a
 * title behind {@code =====}, a flow, and behind {@code >>} the problems it must have.
 */
class BadFlowsTest {
    @TestFactory
    Stream<DynamicTest> everyMistakeIsToldWithItsPlaceAndWhatWasExpected() throws IOException {
        String all;
        try (var in = BadFlowsTest.class.getResourceAsStream("bad-flows.txt")) {
            all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<String> cases =
                Arrays.stream(all.split("(?m)^===== ")).filter(c -> !c.isBlank()).toList();
        assertThat(cases).hasSizeGreaterThan(40);
        return cases.stream().map(BadFlowsTest::test);
    }

    private static DynamicTest test(String written) {
        List<String> lines = written.lines().toList();
        String flow =
                String.join(
                        "\n", lines.stream().skip(1).filter(l -> !l.startsWith(">> ")).toList());
        List<String> expected =
                lines.stream().filter(l -> l.startsWith(">> ")).map(l -> l.substring(3)).toList();
        return DynamicTest.dynamicTest(
                lines.getFirst(),
                () -> {
                    assertThat(expected).isNotEmpty();
                    assertThat(FlowCompilerTest.problems(flow)).isEqualTo(expected);
                });
    }
}
