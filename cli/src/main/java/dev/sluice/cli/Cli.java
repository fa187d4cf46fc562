package dev.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The command line as a whole. */
public final class Cli {
    private final Terminal terminal;
    private final Map<String, Supplier<Object>> commands = new LinkedHashMap<>();

    public Cli(Host host, Terminal terminal) {
        this.terminal = terminal;
        Session session = new Session(host, terminal);
        commands.put("validate", () -> new ValidateCommand(session));
        commands.put("graph", () -> new GraphCommand(session));
        commands.put("doctor", () -> new DoctorCommand(session));
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

    /** Reading a command's annotations costs time, so the others are left out where they can be. */
    private CommandLine commandLine(String[] args) {
        CommandLine line = new CommandLine(new Root());
        boolean known = args.length > 0 && commands.containsKey(args[0]);
        commands.forEach((name, command) -> {
            if (!known || name.equals(args[0])) {
                line.addSubcommand(name, command.get());
            }
        });
        line.setOut(new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), false, StandardCharsets.UTF_8));
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(
                        terminal.outStyle().colour() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpWidth(Math.clamp(terminal.window().columns(), 60, 110));
        line.setParameterExceptionHandler((e, _) -> wrongArguments(e));
        line.setExecutionExceptionHandler(executionHandler());
        return line;
    }

    private int wrongArguments(CommandLine.ParameterException e) {
        CommandLine command = e.getCommandLine();
        terminal.tell("sluice: " + Texts.line(Objects.toString(e.getMessage(), "wrong arguments")));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
            terminal.tell("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        }
        command.getErr().flush();
        return ExitCode.WRONG_INPUT;
    }

    private IExecutionExceptionHandler executionHandler() {
        return (e, _, _) ->
                switch (e) {
                    case Refusal refusal -> {
                        terminal.tell("sluice: " + Texts.block(message(refusal)));
                        yield refusal.reason().exitCode();
                    }
                    case InterruptedException _ -> ExitCode.CANCELLED;
                    default -> crashed(e);
                };
    }

    private static String message(Throwable e) {
        return Objects.toString(e.getMessage(), e.getClass().getSimpleName());
    }

    /** A mistake of ours: one line for the user, the rest in a file to send with a report. */
    private int crashed(Exception e) {
        StringBuilder text = new StringBuilder();
        try {
            Path log = Files.createTempFile("sluice-crash-", ".log");
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            Files.writeString(log, trace.toString());
            text.append("; the details are in ").append(log);
        } catch (IOException | UncheckedIOException io) {
            text.append("; the details could not be written: ").append(io.getMessage());
        }
        terminal.tell(
                "sluice: an internal error: "
                        + Texts.line(e.getClass().getSimpleName() + ": " + message(e))
                        + text);
        return ExitCode.ENVIRONMENT;
    }

    @Command(
            name = "sluice",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Runs data flows where the data is allowed to be.",
            footer = {
                "",
                "Exit codes: 0 done; 1 the run failed; 2 the input is wrong;",
                "3 the environment cannot do it; 130 cancelled."
            },
            synopsisSubcommandLabel = "COMMAND",
            subcommands = CommandLine.HelpCommand.class)
    private static final class Root implements Runnable {
        @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }
}
