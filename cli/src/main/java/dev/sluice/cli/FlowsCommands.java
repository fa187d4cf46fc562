package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice flows …}: the flows that the data directory keeps, with their versions. */
final class FlowsCommands {
    private FlowsCommands() {}

    static CommandSpec spec(Session session) {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put("ls", new Ls(session));
        commands.put("push", new Push(session));
        commands.put("pull", new Pull(session));
        commands.put("diff", new Diff(session));
        return Groups.spec("flows", "List, save, print and compare flows.", commands);
    }

    private record Ls(Session session) implements Command {
        private static final int PAGE = 500;

        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("List flows.");
            spec.addOption(Arguments.data());
            spec.addOption(Arguments.json());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            List<Workspace.FlowLine> flows = new ArrayList<>();
            try (Workspace workspace = session.workspace(given)) {
                List<Workspace.FlowLine> page = workspace.flows(null, PAGE);
                flows.addAll(page);
                while (page.size() == PAGE) {
                    page = workspace.flows(page.getLast().flow(), PAGE);
                    flows.addAll(page);
                }
            }
            if (Arguments.has(given, Arguments.JSON)) {
                session.terminal()
                        .out()
                        .println(ValueJson.plain(Wire.map("flows", Wire.list(flows, Ls::json))));
            } else {
                flows.forEach(this::print);
            }
            return ExitCode.DONE;
        }

        private static Value json(Workspace.FlowLine flow) {
            return Wire.map(
                    "flow", flow.flow(),
                    "version", flow.version(),
                    "author", flow.author(),
                    "savedAt", Texts.time(flow.savedMicros()));
        }

        private void print(Workspace.FlowLine flow) {
            session.terminal()
                    .out()
                    .println(
                            Width.pad(flow.flow().value(), 32)
                                    + "  v"
                                    + Width.pad(Integer.toString(flow.version()), 4)
                                    + Texts.time(flow.savedMicros())
                                    + "  "
                                    + Texts.line(flow.author()));
        }
    }

    private record Push(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("Save flows, each as its next version.");
            spec.addPositional(Arguments.many("FLOW.yaml", "The flows to save."));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            Map<Flow, SubFlows.Source> flows = new LinkedHashMap<>();
            boolean mistaken = false;
            for (String file : Arguments.positionals(given)) {
                String text = session.readFlow(file);
                Flow flow = session.check(file, text);
                if (flow == null) {
                    mistaken = true;
                } else {
                    flows.put(
                            flow,
                            new SubFlows.Source(text, SubFlows.folder(session.resolve(file))));
                }
            }
            if (mistaken) {
                return ExitCode.WRONG_INPUT;
            }
            try (Workspace workspace = session.workspace(given)) {
                for (Map.Entry<Flow, SubFlows.Source> flow : flows.entrySet()) {
                    int version =
                            workspace.saveFlow(flow.getValue().text(), flow.getValue().folder());
                    session.terminal().out().println(flow.getKey().id() + "  v" + version);
                }
            }
            return ExitCode.DONE;
        }
    }

    private record Pull(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("Print a flow as it was saved.");
            spec.addPositional(Arguments.positional(0, "FLOW", "The flow's id."));
            spec.addOption(
                    Arguments.number("N", "Which version (default: the newest).", "--version"));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            try (Workspace workspace = session.workspace(given)) {
                session.terminal()
                        .out()
                        .print(
                                workspace
                                        .flow(
                                                session.flowId(Arguments.positional(given, 0)),
                                                Arguments.findNumber(given, "--version"))
                                        .text());
            }
            return ExitCode.DONE;
        }
    }

    private record Diff(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage()
                    .description("Compare a file with what is saved; exit code 1 if they differ.");
            spec.addPositional(Arguments.positional(0, "FLOW.yaml", "The file."));
            spec.addOption(
                    Arguments.number("N", "Which version (default: the newest).", "--version"));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            String file = Arguments.positional(given, 0);
            String text = session.readFlow(file);
            Flow flow = session.check(file, text);
            if (flow == null) {
                return ExitCode.WRONG_INPUT;
            }
            Workspace.FlowText saved;
            try (Workspace workspace = session.workspace(given)) {
                saved = workspace.flow(flow.id(), Arguments.findNumber(given, "--version"));
            }
            List<String> lines =
                    UnifiedDiff.lines(
                            saved.flow() + " v" + saved.version(), saved.text(), file, text);
            Style style = session.terminal().outStyle();
            for (String line : lines) {
                String shown = Texts.line(line);
                session.terminal()
                        .out()
                        .println(
                                line.startsWith("+")
                                        ? style.green(shown)
                                        : line.startsWith("-") ? style.red(shown) : shown);
            }
            return lines.isEmpty() ? ExitCode.DONE : ExitCode.RUN_FAILED;
        }
    }
}
