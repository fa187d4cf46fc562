package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.RunId;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice run}: one run in this process, to its end. */
record RunCommand(Session session) implements Command {
    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Run a flow here, to its end.");
        spec.addPositional(Arguments.positional(0, "FLOW.yaml", "The flow to run."));
        spec.addOption(
                Arguments.options(
                        "name=value",
                        "An input of the flow; a file's path is relative to the current folder.",
                        "-i",
                        "--input"));
        spec.addOption(Arguments.data());
        spec.addOption(Arguments.json());
        spec.addOption(
                Arguments.option(
                        "KEY",
                        "Idempotency key: the same key and flow give the same run.",
                        "--key"));
        GrantOptions.declare(spec);
    }

    @Override
    public int run(ParseResult given) throws Refusal, InterruptedException {
        String name = Arguments.positional(given, 0);
        String text = session.readFlow(name);
        Flow flow = session.check(name, text);
        if (flow == null) {
            return ExitCode.WRONG_INPUT;
        }
        Path file = session.resolve(name);
        List<SubFlows.Source> sources = SubFlows.collect(session, flow, text, file);
        if (sources == null) {
            return ExitCode.WRONG_INPUT;
        }
        Map<String, Value> inputs =
                Inputs.read(flow, Arguments.all(given, "-i"), p -> session.resolve(p).toString());
        Path data = session.dataDirectory(given);
        try (Workspace workspace = session.own(data, GrantOptions.read(session, given));
                SocketServer _ = session.listen(workspace, data)) {
            tellUnfinished(workspace, given);
            int version = 0;
            for (SubFlows.Source source : sources) {
                version = workspace.saveFlow(source.text(), source.folder());
            }
            RunId run =
                    workspace.submit(
                            new Workspace.Submission(
                                    flow.id(),
                                    version,
                                    inputs,
                                    Arguments.find(given, "--key"),
                                    SubFlows.folder(file)));
            session.terminal().tell("Run " + run + " of " + flow.id() + ", version " + version);
            return new Following(session, workspace, given).toTheEnd(run);
        }
    }

    private void tellUnfinished(Workspace workspace, ParseResult given) throws Refusal {
        List<Workspace.RunLine> left = workspace.unfinished();
        if (left.size() == 1) {
            session.terminal()
                    .tell(
                            "A run of "
                                    + left.getFirst().flow()
                                    + " was under way when Sluice stopped; it goes on with: "
                                    + session.propose(
                                            given,
                                            "runs",
                                            "resume",
                                            left.getFirst().id().toString()));
        } else if (!left.isEmpty()) {
            session.terminal()
                    .tell(
                            left.size()
                                    + " runs were under way when Sluice stopped; they go on with: "
                                    + session.propose(given, "runs", "resume"));
        }
    }
}
