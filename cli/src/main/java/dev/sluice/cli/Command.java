package dev.sluice.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command: what it takes, and what it does with it. */
interface Command {
    /** Its arguments, declared without annotations: reflection would slow every start. */
    void declare(CommandSpec spec);

    /**
     * Does it.
     *
     * @return the exit code
     * @throws Refusal if it cannot be done; the message is for the user
     */
    int run(ParseResult given) throws Refusal, InterruptedException;

    /** The command as picocli knows it. */
    default CommandSpec spec(String name) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name);
        spec.addOption(Arguments.help());
        declare(spec);
        return spec;
    }
}
