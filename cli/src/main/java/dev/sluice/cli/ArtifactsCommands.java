package dev.sluice.cli;

import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice artifacts …}: the bytes that runs have made. */
final class ArtifactsCommands {
    private ArtifactsCommands() {}

    static CommandSpec spec(Session session) {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put("export", new Export(session));
        commands.put("scrub", new Scrub(session));
        commands.put("gc", new Collect(session));
        return Groups.spec("artifacts", "Copy out, check and clean up what runs made.", commands);
    }

    private record Export(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage()
                    .description("Copy an output of a run to a file, its hash checked on the way.");
            spec.addPositional(Arguments.positional(0, "RUN", "The run's id, or \"last\"."));
            spec.addPositional(
                    Arguments.positional(
                            1, "OUTPUT", "An output of the flow, or task or task.output."));
            spec.addPositional(
                    Arguments.optional(
                            2, "FILE", "Where to (default: its own name, in this folder)."));
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            try (Workspace workspace = session.workspace(given)) {
                RunView view =
                        workspace.show(session.runId(Arguments.positional(given, 0), workspace));
                Value.Artifact artifact = artifact(view, Arguments.positional(given, 1));
                Path target = target(Arguments.findPositional(given, 2), artifact);
                if (Files.exists(target)) {
                    throw new Refusal(
                            Refusal.Reason.CONFLICT,
                            target + ": exists already; name another file, or remove it");
                }
                workspace.export(artifact, target);
                session.terminal()
                        .out()
                        .println(Texts.line(target + ", " + Texts.bytes(artifact.bytes())));
            }
            return ExitCode.DONE;
        }

        private Path target(@Nullable String file, Value.Artifact artifact) {
            // Whoever wrote the flow chose the artifact's name: only its last part counts.
            Path own = Path.of(artifact.name()).getFileName();
            return session.resolve(file != null ? file : String.valueOf(own));
        }

        private static Value.Artifact artifact(RunView view, String name) throws Refusal {
            Map<String, Value> outputs = new LinkedHashMap<>();
            for (RunView.TaskView task : view.tasks()) {
                task.outputs()
                        .forEach((output, value) -> {
                            outputs.put(task.path() + "." + output, value);
                            if (output.equals("table")) {
                                outputs.put(task.path(), value);
                            }
                        });
            }
            outputs.putAll(view.outputs());
            if (outputs.get(name) instanceof Value.Artifact artifact) {
                return artifact;
            }
            List<String> names =
                    outputs.entrySet().stream()
                            .filter(e -> e.getValue() instanceof Value.Artifact)
                            .map(Map.Entry::getKey)
                            .limit(20)
                            .toList();
            throw new Refusal(
                    Refusal.Reason.NOT_FOUND,
                    "run "
                            + view.run()
                            + " has no table or file \""
                            + name
                            + "\" (expected: "
                            + (names.isEmpty()
                                    ? "none, it made no files"
                                    : String.join(", ", names))
                            + ")");
        }
    }

    private record Scrub(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("Read every artifact again and check its hash.");
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            List<String> damages;
            try (Workspace workspace = session.workspace(given)) {
                damages = workspace.scrub();
            }
            damages.forEach(damage -> session.terminal().out().println(Texts.line(damage)));
            session.terminal()
                    .tell(
                            damages.isEmpty()
                                    ? "Every artifact is as it was stored."
                                    : Texts.count(damages.size(), "damaged artifact"));
            return damages.isEmpty() ? ExitCode.DONE : ExitCode.ENVIRONMENT;
        }
    }

    private record Collect(Session session) implements Command {
        @Override
        public void declare(CommandSpec spec) {
            spec.usageMessage().description("Remove artifacts that no run refers to.");
            spec.addOption(Arguments.data());
        }

        @Override
        public int run(ParseResult given) throws Refusal {
            try (Workspace workspace = session.workspace(given)) {
                Workspace.Collected collected = workspace.collectGarbage();
                session.terminal()
                        .tell(
                                Texts.count(collected.artifacts(), "artifact")
                                        + " removed, "
                                        + Texts.bytes(collected.bytes())
                                        + " freed");
            }
            return ExitCode.DONE;
        }
    }
}
