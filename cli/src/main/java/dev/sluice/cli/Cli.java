package dev.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line as a whole. */
public final class Cli {
    private final Terminal terminal;
    private final Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();

    /**
     * @param command how the user called this program, for the commands that messages propose
     */
    public Cli(Host host, Terminal terminal, String command) {
        this.terminal = terminal;
        Session session = new Session(host, terminal, command);
        commands.put("run", () -> new RunCommand(session).spec("run"));
        commands.put("validate", () -> new ValidateCommand(session).spec("validate"));
        commands.put("graph", () -> new GraphCommand(session).spec("graph"));
        commands.put("runs", () -> RunsCommands.spec(session));
        commands.put("approve", () -> new ApproveCommand(session).spec("approve"));
        commands.put("flows", () -> FlowsCommands.spec(session));
        commands.put("artifacts", () -> ArtifactsCommands.spec(session));
        commands.put("doctor", () -> new DoctorCommand(session).spec("doctor"));
    }

    /**
     * Runs one command to its end.
     *
     * @return the exit code: 0 done, 1 the run failed, 2 the input is wrong, 3 the environment
     *     cannot do it, 130 cancelled
     */
    public int run(String... args) {
        try {
            return commandLine(args).execute(args);
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    /** Making all commands costs time, so the others are left out where they can be. */
    private CommandLine commandLine(String[] args) {
        CommandSpec root = CommandSpec.wrapWithoutInspection(this).name("sluice");
        root.addOption(Arguments.help());
        root.addOption(
                OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Show the version and exit.")
                        .build());
        root.version(version());
        root.usageMessage()
                .description("Runs data flows where the data is allowed to be.")
                .synopsisSubcommandLabel("COMMAND")
                .footer(
                        "",
                        "Also: ./sluice test runs the project's own tests, ./sluice bench its"
                                + " benchmarks.",
                        "Exit codes: 0 done; 1 the run failed; 2 the input is wrong;",
                        "3 the environment cannot do it; 130 cancelled.");
        boolean known = args.length > 0 && commands.containsKey(args[0]);
        commands.forEach((name, command) -> {
            if (!known || name.equals(args[0])) {
                root.addSubcommand(name, command.get());
            }
        });
        CommandLine line = new CommandLine(root);
        line.setOut(new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), false, StandardCharsets.UTF_8));
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        terminal.outStyle().colour() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpWidth(Math.clamp(terminal.window().columns(), 60, 110));
        line.setParameterExceptionHandler((e, _) -> wrongArguments(e));
        line.setExecutionStrategy(this::execute);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    private int execute(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            parsed.commandSpec().commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        ParseResult deepest = parsed;
        while (deepest.hasSubcommand()) {
            deepest = deepest.subcommand();
        }
        CommandSpec spec = deepest.commandSpec();
        if (!(spec.userObject() instanceof Command command)) {
            spec.commandLine().usage(spec.commandLine().getOut());
            spec.commandLine().getOut().flush();
            return parsed.hasSubcommand() ? ExitCode.WRONG_INPUT : ExitCode.DONE;
        }
        return run(command, deepest);
    }

    private int run(Command command, ParseResult given) {
        try {
            return command.run(given);
        } catch (Refusal e) {
            terminal.tell("sluice: " + Texts.block(message(e)));
            return e.reason().exitCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.CANCELLED;
        } catch (RuntimeException | Error e) {
            // Nobody above could do better, and a user is never shown a stack trace.
            return crashed(e);
        }
    }

    private int wrongArguments(ParameterException e) {
        CommandLine command = e.getCommandLine();
        terminal.tell("sluice: " + Texts.line(message(e)));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
            terminal.tell("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        command.getErr().flush();
        return ExitCode.WRONG_INPUT;
    }

    private static String message(Throwable e) {
        return Objects.toString(e.getMessage(), e.getClass().getSimpleName());
    }

    /** A mistake of ours: one line for the user, the rest in a file to send with a report. */
    private int crashed(Throwable e) {
        String where;
        try {
            Path log = Files.createTempFile("sluice-crash-", ".log");
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            Files.writeString(log, trace.toString());
            where = "the details are in " + log;
        } catch (IOException io) {
            where = "the details could not be written: " + io.getMessage();
        }
        terminal.tell(
                "sluice: an internal error: "
                        + Texts.line(e.getClass().getSimpleName() + ": " + message(e))
                        + "; "
                        + where);
        return ExitCode.ENVIRONMENT;
    }

    private static String version() {
        String version = Cli.class.getPackage().getImplementationVersion();
        return "sluice "
                + (version == null ? "(unpackaged)" : version)
                + " on Java "
                + Runtime.version();
    }
}
