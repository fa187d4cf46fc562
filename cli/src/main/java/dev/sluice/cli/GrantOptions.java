package dev.sluice.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options by which a user allows flows more than their own folder and the jail. */
final class GrantOptions {
    private GrantOptions() {}

    static void declare(CommandSpec spec) {
        spec.addOption(
                Arguments.options(
                        "DIR",
                        "A folder that the flow may read and write beside its own.",
                        "--allow-path"));
        spec.addOption(
                Arguments.options(
                        "HOST[:PORT]",
                        "A host that http tasks may call though its address is not public.",
                        "--allow-host"));
        spec.addOption(
                Arguments.flag(
                        "Run user code unconfined, with all your rights. For code you trust.",
                        "--unsafe-process"));
    }

    /** What was granted; says so in red if that is everything. */
    static Host.Grants read(Session session, ParseResult given) {
        boolean unsafe = Arguments.has(given, "--unsafe-process");
        if (unsafe) {
            session.terminal()
                    .tell(
                            session.terminal()
                                    .errStyle()
                                    .red(
                                            "--unsafe-process: the flow's code runs unconfined, with"
                                                    + " all your rights"));
        }
        return new Host.Grants(
                unsafe,
                Arguments.all(given, "--allow-path").stream().map(session::resolve).toList(),
                Arguments.all(given, "--allow-host"));
    }
}
