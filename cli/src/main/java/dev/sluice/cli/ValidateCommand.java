package dev.sluice.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice validate}: tells every mistake of the given flows and runs nothing. */
record ValidateCommand(Session session) implements Command {
    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage()
                .description("Check flows and tell every mistake as file:line:col: message.");
        spec.addPositional(Arguments.many("FLOW.yaml", "The flows to check."));
    }

    @Override
    public int run(ParseResult given) throws Refusal {
        int mistakes = 0;
        for (String file : Arguments.positionals(given)) {
            Host.Checked checked = session.host().check(session.readFlow(file));
            checked.problems()
                    .forEach(p -> session.terminal().err().println(Texts.line(p.format(file))));
            mistakes += checked.problems().size();
            if (checked.flow() != null) {
                session.terminal()
                        .out()
                        .println(
                                Texts.line(file)
                                        + ": "
                                        + checked.flow().id()
                                        + " is fine, "
                                        + Texts.count(
                                                FlowTasks.all(checked.flow()).size(), "task"));
            }
        }
        if (mistakes > 0) {
            session.terminal().tell(Texts.count(mistakes, "mistake"));
        }
        return mistakes == 0 ? ExitCode.DONE : ExitCode.WRONG_INPUT;
    }
}
