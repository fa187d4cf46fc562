package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Flow;
import dev.sluice.model.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowInputsTest {
    private static final Flow FLOW =
            FlowCompilerTest.compiled(
                            """
                            id: f
                            inputs:
                              file: {type: file, default: data/x.csv}
                              n: {type: integer, default: 7}
                              d: {type: number, default: 1}
                              flag: {type: boolean, default: false}
                              l: {type: list, default: [1]}
                              m: {type: map, default: {}}
                              name: {type: string}
                              any: {type: any, default: null}
                            tasks:
                              a: {type: value, value: {x: 1}}
                            """)
                    .flow();

    @Test
    void textsBecomeTheDeclaredTypes() {
        FlowInputs.Result result =
                FlowInputs.resolve(
                        FLOW,
                        Map.of(
                                "n", Value.of("-3"),
                                "d", Value.of("2.5e3"),
                                "flag", Value.of("true"),
                                "l", Value.of("[1, \"two\"]"),
                                "m", Value.of("{\"a\": {\"b\": null}}"),
                                "name", Value.of("12"),
                                "any", Value.of("12")));
        assertThat(result.problems()).isEmpty();
        assertThat(result.values())
                .containsEntry("file", Value.of("data/x.csv"))
                .containsEntry("n", Value.of(-3))
                .containsEntry("d", Value.of(2500.0))
                .containsEntry("flag", Value.of(true))
                .containsEntry("l", Value.ofJava(List.of(1, "two")))
                .containsEntry("name", Value.of("12"))
                .containsEntry("any", Value.of("12"));
        assertThat(result.values().keySet())
                .containsExactly("file", "n", "d", "flag", "l", "m", "name", "any");
    }

    @Test
    void whatDoesNotFitIsToldAtOnce() {
        FlowInputs.Result result =
                FlowInputs.resolve(
                        FLOW,
                        Map.of(
                                "n", Value.of("seven"),
                                "flag", Value.of(1),
                                "l", Value.of("{a: [}"),
                                "flie", Value.of("x")));
        assertThat(result.problems())
                .containsExactly(
                        "input \"n\" is \"seven\" (expected: an integer)",
                        "input \"flag\" is a integer (expected: a boolean)",
                        "input \"l\" is \"{a: [}\" (expected: a list)",
                        "input \"name\" is missing (expected: a string); give it with -i name=…",
                        "input \"flie\": flow \"f\" has none of this name (did you mean \"file\"?)");
    }
}
