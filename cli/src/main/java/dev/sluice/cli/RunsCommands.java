package dev.sluice.cli;

import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice runs …}: what was run, and what is to become of it. */
final class RunsCommands {
    private static final String RUN = "RUN";
    private static final String RUN_DOC = "The run's id, or \"last\".";

    private RunsCommands() {}

    static CommandSpec spec(Session session) {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put("ls", new Ls(session));
        commands.put("show", new Show(session));
        commands.put("logs", new LogsCommand(session));
        commands.put("resume", new ResumeCommand(session));
        commands.put("replay", new Replay(session));
        commands.put("cancel", new Cancel(session));
        commands.put("pause", new Pause(session));
        commands.put("purge", new Purge(session));
        return Groups.spec("runs", "List, show and steer runs.", commands);
    }

    private record Ls(Session session) implements Command {
        private static final int LIMIT = 20;

        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("List runs, newest first.");
            spec.addOption(Arguments.option("FLOW", "Only runs of this flow.", "--flow"));
            spec.addOption(Arguments.option("STATE", "Only runs in this state.", "--state"));
            spec.addOption(Arguments.option(RUN, "Only runs older than this one.", "--after"));
            spec.addOption(
                    Arguments.number("N", "How many, 1 to 1000 (default: 20).", "-n", "--limit"));
            spec.addOption(Arguments.data());
            spec.addOption(Arguments.json());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            Integer limit = Arguments.findNumber(given, "--limit");
            String flow = Arguments.find(given, "--flow");
            String state = Arguments.find(given, "--state");
            try (Workspace workspace = session.workspace(given)) {
                String after = Arguments.find(given, "--after");
                List<Workspace.RunLine> runs =
                        workspace.runs(
                                new Workspace.RunQuery(
                                        flow == null ? null : session.flowId(flow),
                                        state == null ? null : state(state),
                                        after == null ? null : session.runId(after, workspace),
                                        Math.clamp(limit == null ? LIMIT : limit, 1, 1000)));
                if (Arguments.has(given, Arguments.JSON)) {
                    session.terminal().out().println(json(runs));
                } else {
                    print(runs);
                }
            }
            return ExitCode.DONE;
        }

        private static RunState state(String word) throws Refusal {
            try {
                return RunState.valueOf(word.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new Refusal(
                        Refusal.Reason.INVALID,
                        "--state: "
                                + word
                                + " (expected: queued, running, paused, succeeded, failed or"
                                + " cancelled)",
                        e);
            }
        }

        private static String json(List<Workspace.RunLine> runs) {
            List<Value> list = new ArrayList<>();
            for (Workspace.RunLine run : runs) {
                list.add(
                        Wire.map(
                                "run", run.id(),
                                "flow", run.flow(),
                                "version", run.version(),
                                "state", run.state(),
                                "createdAt", Texts.time(run.createdMicros()),
                                "endedAt",
                                        run.endedMicros() == 0
                                                ? Value.Null.NULL
                                                : Texts.time(run.endedMicros())));
            }
            return ValueJson.plain(Wire.map("runs", new Value.ListOf(list)));
        }

        private void print(List<Workspace.RunLine> runs) {
            Style style = session.terminal().outStyle();
            int flows = runs.stream().mapToInt(r -> r.flow().value().length()).max().orElse(0);
            for (Workspace.RunLine run : runs) {
                long micros = run.endedMicros() - run.createdMicros();
                session.terminal()
                        .out()
                        .println(
                                run.id()
                                        + "  "
                                        + Width.pad(run.flow().value(), flows)
                                        + "  v"
                                        + Width.pad(Integer.toString(run.version()), 4)
                                        + Texts.time(run.createdMicros())
                                        + "  "
                                        + Width.padLeft(
                                                run.endedMicros() == 0
                                                        ? ""
                                                        : Texts.duration(micros),
                                                11)
                                        + "  "
                                        + style.show(run.state()));
            }
            if (runs.isEmpty()) {
                session.terminal().tell("No runs; start one with: sluice run FLOW.yaml");
            }
        }
    }

    private record Show(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage()
                    .description("Show a run: its tasks, what it made, what went wrong.");
            spec.addPositional(Arguments.positional(0, RUN, RUN_DOC));
            spec.addOption(Arguments.data());
            spec.addOption(Arguments.json());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            try (Workspace workspace = session.workspace(given)) {
                RunView view =
                        workspace.show(session.runId(Arguments.positional(given, 0), workspace));
                new Following(session, workspace, given).show(view);
            }
            return ExitCode.DONE;
        }
    }

    private record Cancel(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("Cancel a run and end its processes.");
            spec.addPositional(Arguments.positional(0, RUN, RUN_DOC));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal, InterruptedException {
            try (Workspace workspace = session.workspace(given)) {
                RunId run = session.runId(Arguments.positional(given, 0), workspace);
                workspace.cancel(run);
                RunView view = workspace.follow(run, _ -> {});
                session.terminal()
                        .tell(
                                "Run "
                                        + run
                                        + ": "
                                        + session.terminal().errStyle().show(view.state()));
            }
            return ExitCode.DONE;
        }
    }

    private record Pause(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage()
                    .description("Start nothing new in a run; what is under way ends by itself.");
            spec.addPositional(Arguments.positional(0, RUN, RUN_DOC));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            try (Workspace workspace = session.workspace(given)) {
                RunId run = session.runId(Arguments.positional(given, 0), workspace);
                workspace.pause(run);
                session.terminal()
                        .tell(
                                "Run "
                                        + run
                                        + " is paused; it goes on with: "
                                        + session.propose(given, "runs", "resume", run.toString()));
            }
            return ExitCode.DONE;
        }
    }

    private record Replay(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("Make a new run of the same inputs, to its end.");
            spec.addPositional(Arguments.positional(0, RUN, RUN_DOC));
            spec.addOption(
                    Arguments.option(
                            "TASK", "Reuse what is neither this task nor behind it.", "--from"));
            spec.addOption(
                    Arguments.number("N", "The flow's version (default: the run's).", "--version"));
            spec.addOption(Arguments.data());
            spec.addOption(Arguments.json());
            GrantOptions.declare(spec);
        }

        @Override
        public int run(ParseResult given) throws Refusal, InterruptedException {
            try (Workspace workspace = session.workspace(given, GrantOptions.read(session, given));
                    SocketServer _ = session.listenIfOwner(workspace, given)) {
                RunId run =
                        workspace.replay(
                                session.runId(Arguments.positional(given, 0), workspace),
                                Arguments.find(given, "--from"),
                                Arguments.findNumber(given, "--version"));
                session.terminal().tell("Run " + run);
                return new Following(session, workspace, given).toTheEnd(run);
            }
        }
    }

    private record Purge(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage()
                    .description(
                            "Remove ended runs with their logs; `artifacts gc` then frees what only"
                                    + " they used.");
            spec.addPositional(Arguments.many(RUN, "The runs' ids."));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            try (Workspace workspace = session.workspace(given)) {
                List<RunId> runs = new ArrayList<>();
                for (String run : Arguments.positionals(given)) {
                    runs.add(session.runId(run, workspace));
                }
                session.terminal().tell(Texts.count(workspace.purge(runs), "run") + " removed");
            }
            return ExitCode.DONE;
        }
    }
}
