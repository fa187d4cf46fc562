package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.FlowId;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command line on a fake host: what it prints and how it ends. */
final class Commands implements Host {
    final FakeWorkspace workspace;
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Path folder;
    @Nullable String holder;

    Commands(FakeWorkspace workspace, Path folder) {
        this.workspace = workspace;
        this.folder = folder;
    }

    int run(String... args) {
        out.reset();
        err.reset();
        Terminal terminal = terminal(out, err, false, Map.of("SLUICE_DATA", "data"), folder);
        return new Cli(this, terminal, "./sluice").run(args);
    }

    static Terminal terminal(
            ByteArrayOutputStream out,
            ByteArrayOutputStream err,
            boolean live,
            Map<String, String> environment,
            Path folder) {
        return new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                InputStream.nullInputStream(),
                live,
                live,
                new Terminal.FixedWindow(80, 24),
                environment,
                folder);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Checked check(String text) {
        if (text.contains("wrong")) {
            return new Checked(
                    null,
                    List.of(new Problem(new Mark(2, 5), "task \"a\": unknown key \u001b[31m")));
        }
        return new Checked(flow("sample"), List.of());
    }

    static Flow flow(String id) {
        return new Flow(
                new FlowId(id),
                id,
                "",
                Map.of(),
                List.of(
                        new Flow.Input(Mark.START, "n", ValueType.INTEGER, "", (Node) null),
                        new Flow.Input(Mark.START, "file", ValueType.FILE, "", (Node) null),
                        new Flow.Input(Mark.START, "list", ValueType.LIST, "", (Node) null)),
                List.of(),
                Map.of(),
                null,
                null,
                List.of(),
                List.of(),
                null,
                Map.of());
    }

    @Override
    public List<String> pictureFormats() {
        return List.of("svg", "dot");
    }

    @Override
    public String draw(String text, String format) {
        return "picture as " + format;
    }

    @Override
    public List<Finding> examine(Path data) {
        return List.of(
                new Finding("Programs", "Java", Verdict.GOOD, "25", null),
                new Finding(
                        "Programs", "Node", Verdict.MISSING, "not found", "apt install nodejs"));
    }

    @Override
    public Workspace own(Path data, Grants grants) throws HeldException {
        if (holder != null) {
            throw new HeldException(holder);
        }
        return workspace;
    }
}
