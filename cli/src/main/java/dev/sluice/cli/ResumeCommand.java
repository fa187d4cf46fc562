package dev.sluice.cli;

import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code sluice runs resume}: a run that a crash left goes on; a paused one too; a failed or
 * cancelled one runs again from where it failed. To the end, as with {@code run}.
 */
record ResumeCommand(Session session) implements Command {
    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage()
                .description(
                        "Let a run go on that a crash or a pause stopped, or run a failed one again"
                                + " from where it failed.");
        spec.addPositional(
                Arguments.optional(
                        0, "RUN", "The run's id (default: every run that a crash left)."));
        spec.addOption(Arguments.flag("The newest run.", "--last"));
        spec.addOption(Arguments.data());
        spec.addOption(Arguments.json());
        GrantOptions.declare(spec);
    }

    @Override
    public int run(ParseResult given) throws Refusal, InterruptedException {
        try (Workspace workspace = session.workspace(given, GrantOptions.read(session, given));
                SocketServer _ = session.listenIfOwner(workspace, given)) {
            String named =
                    Arguments.has(given, "--last") ? "last" : Arguments.findPositional(given, 0);
            List<RunId> runs = start(workspace, named);
            if (runs.isEmpty()) {
                session.terminal().tell("No run was left under way.");
            }
            int worst = ExitCode.DONE;
            for (RunId run : runs) {
                session.terminal().tell("Run " + run + " goes on");
                int code = new Following(session, workspace, given).toTheEnd(run);
                worst = Math.max(worst, code);
            }
            return worst;
        }
    }

    private List<RunId> start(Workspace workspace, @Nullable String named) throws Refusal {
        List<RunId> left = workspace.unfinished().stream().map(Workspace.RunLine::id).toList();
        if (named == null) {
            workspace.resumeUnfinished(left);
            return own(workspace, left);
        }
        RunId run = session.runId(named, workspace);
        if (left.contains(run)) {
            workspace.resumeUnfinished(List.of(run));
            if (workspace.show(run).state() == RunState.PAUSED) {
                workspace.resume(run);
            }
        } else {
            workspace.resume(run);
        }
        return List.of(run);
    }

    /** A child run is told as part of its parent. */
    private static List<RunId> own(Workspace workspace, List<RunId> runs) throws Refusal {
        List<RunId> own = new ArrayList<>();
        for (Workspace.RunLine line : workspace.unfinished()) {
            if (runs.contains(line.id()) && line.parent() == null) {
                own.add(line.id());
            }
        }
        return own;
    }
}
