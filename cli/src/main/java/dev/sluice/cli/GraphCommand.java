package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice graph}: the picture of a flow, on stdout or in a file. */
@Command(name = "graph", mixinStandardHelpOptions = true, description = "Draws a flow.")
final class GraphCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FLOW.yaml", description = "The flow to draw.")
    private String file = "";

    @Option(
            names = "--format",
            paramLabel = "svg|mermaid|dot|json",
            description = "How to write it (default: ${DEFAULT-VALUE}).")
    private String format = "svg";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it, rather than to stdout.")
    private @Nullable String output;

    GraphCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Refusal {
        if (!session.host().pictureFormats().contains(format)) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    "--format: "
                            + format
                            + " (expected: "
                            + String.join(", ", session.host().pictureFormats())
                            + ")");
        }
        String text = session.readFlow(file);
        Host.Checked checked = session.host().check(text);
        if (checked.flow() == null) {
            checked.problems().forEach(p -> session.terminal().tell(Texts.line(p.format(file))));
            return ExitCode.WRONG_INPUT;
        }
        String picture = session.host().draw(text, format);
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
