package dev.sluice.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice validate}: tells every mistake of the given flows and runs nothing. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Checks flows and tells every mistake as file:line:col: message.")
final class ValidateCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(arity = "1..*", paramLabel = "FLOW.yaml", description = "The flows to check.")
    private List<String> files = List.of();

    ValidateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Refusal {
        int mistakes = 0;
        for (String file : files) {
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
                                        + Texts.count(FlowTasks.count(checked.flow()), "task"));
            }
        }
        if (mistakes > 0) {
            session.terminal().tell(Texts.count(mistakes, "mistake"));
        }
        return mistakes == 0 ? ExitCode.DONE : ExitCode.WRONG_INPUT;
    }
}
