package dev.sluice.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The kinds of arguments there are, and how to read them back. */
final class Arguments {
    static final String DATA = "--data";
    static final String JSON = "--json";

    private Arguments() {}

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help and exit.")
                .build();
    }

    static OptionSpec data() {
        return option("DIR", "The data directory (default: SLUICE_DATA, or the user's).", DATA);
    }

    static OptionSpec json() {
        return flag("Print one JSON object on stdout and nothing else there.", JSON);
    }

    static OptionSpec flag(String doc, String... names) {
        return OptionSpec.builder(names).arity("0").type(boolean.class).description(doc).build();
    }

    static OptionSpec option(String label, String doc, String... names) {
        return OptionSpec.builder(names)
                .arity("1")
                .type(String.class)
                .paramLabel(label)
                .description(doc)
                .build();
    }

    static OptionSpec number(String label, String doc, String... names) {
        return OptionSpec.builder(names)
                .arity("1")
                .type(Integer.class)
                .paramLabel(label)
                .description(doc)
                .build();
    }

    /** An option that may be given several times. */
    static OptionSpec options(String label, String doc, String... names) {
        return OptionSpec.builder(names)
                .arity("1")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(doc)
                .build();
    }

    static PositionalParamSpec positional(int index, String label, String doc) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .arity("1")
                .type(String.class)
                .paramLabel(label)
                .description(doc)
                .build();
    }

    static PositionalParamSpec optional(int index, String label, String doc) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .arity("0..1")
                .type(String.class)
                .paramLabel(label)
                .description(doc)
                .build();
    }

    static PositionalParamSpec many(String label, String doc) {
        return PositionalParamSpec.builder()
                .index("0..*")
                .arity("1..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(doc)
                .build();
    }

    static boolean has(ParseResult given, String name) {
        return given.matchedOptionValue(name, false);
    }

    static @Nullable String find(ParseResult given, String name) {
        return given.hasMatchedOption(name) ? given.matchedOptionValue(name, "") : null;
    }

    static String find(ParseResult given, String name, String otherwise) {
        return given.matchedOptionValue(name, otherwise);
    }

    static @Nullable Integer findNumber(ParseResult given, String name) {
        return given.hasMatchedOption(name) ? given.matchedOptionValue(name, (Integer) 0) : null;
    }

    static List<String> all(ParseResult given, String name) {
        return given.matchedOptionValue(name, List.of());
    }

    static String positional(ParseResult given, int index) {
        return given.matchedPositionalValue(index, "");
    }

    static @Nullable String findPositional(ParseResult given, int index) {
        return given.hasMatchedPositional(index) ? positional(given, index) : null;
    }

    static List<String> positionals(ParseResult given) {
        return given.matchedPositionalValue(0, List.of());
    }
}
