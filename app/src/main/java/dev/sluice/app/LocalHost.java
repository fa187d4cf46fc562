package dev.sluice.app;

import dev.sluice.cli.Host;
import dev.sluice.cli.Refusal;
import dev.sluice.cli.Workspace;
import dev.sluice.compiler.FlowCompiler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Everything in this process, each part made when it is first needed. */
final class LocalHost implements Host {
    @Override
    public Checked check(String text) {
        FlowCompiler.Result result = new FlowCompiler(Map.of()).compile(text);
        return new Checked(result.flow() == null ? null : result.flow().flow(), result.problems());
    }

    @Override
    public List<String> pictureFormats() {
        return List.of("svg", "mermaid", "dot", "json");
    }

    @Override
    public String draw(String text, String format) {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public List<Finding> examine(Path data) {
        return List.of(
                new Finding(
                        "Java",
                        "JDK",
                        Verdict.GOOD,
                        Runtime.version() + " in " + System.getProperty("java.home"),
                        null));
    }

    @Override
    public Workspace own(Path data, Grants grants) throws HeldException, Refusal {
        throw new UnsupportedOperationException("not built yet");
    }
}
