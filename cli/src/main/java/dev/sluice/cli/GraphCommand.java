package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice graph}: the picture of a flow, on stdout or in a file. */
record GraphCommand(Session session) implements Command {
    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Draw a flow.");
        spec.addPositional(Arguments.positional(0, "FLOW.yaml", "The flow to draw."));
        spec.addOption(
                Arguments.option(
                        String.join("|", session.host().pictureFormats()),
                        "How to write it (default: svg).",
                        "--format"));
        spec.addOption(
                Arguments.option(
                        "FILE", "Where to write it, rather than to stdout.", "-o", "--output"));
    }

    @Override
    public int run(ParseResult given) throws Refusal {
        List<String> formats = session.host().pictureFormats();
        String format = Arguments.find(given, "--format", "svg");
        if (!formats.contains(format)) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    "--format: " + format + " (expected: " + String.join(", ", formats) + ")");
        }
        String file = Arguments.positional(given, 0);
        String text = session.readFlow(file);
        if (session.check(file, text) == null) {
            return ExitCode.WRONG_INPUT;
        }
        String picture = session.host().draw(text, format);
        @Nullable String output = Arguments.find(given, "--output");
        if (output == null) {
            session.terminal().out().println(picture.stripTrailing());
            return ExitCode.DONE;
        }
        try {
            Files.writeString(session.resolve(output), picture);
        } catch (IOException e) {
            throw new Refusal(
                    Refusal.Reason.UNAVAILABLE,
                    output + ": cannot be written: " + e.getMessage(),
                    e);
        }
        return ExitCode.DONE;
    }
}
