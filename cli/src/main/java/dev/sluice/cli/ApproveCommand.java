package dev.sluice.cli;

import dev.sluice.model.RunId;
import dev.sluice.model.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice approve}: the answer that a run waits for. */
record ApproveCommand(Session session) implements Command {
    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Answer a task that waits for an approval.");
        spec.addPositional(Arguments.positional(0, "RUN", "The run's id, or \"last\"."));
        spec.addPositional(Arguments.positional(1, "TASK", "The task that waits."));
        spec.addOption(Arguments.flag("Say no.", "--reject"));
        spec.addOption(Arguments.options("field=value", "A field of its form.", "-f", "--field"));
        spec.addOption(Arguments.number("I", "Which item of a foreach, from 0.", "--item"));
        spec.addOption(Arguments.data());
    }

    @Override
    public int run(ParseResult given) throws Refusal {
        Integer item = Arguments.findNumber(given, "--item");
        boolean approved = !Arguments.has(given, "--reject");
        try (Workspace workspace = session.workspace(given)) {
            RunId run = session.runId(Arguments.positional(given, 0), workspace);
            String task = Arguments.positional(given, 1);
            Map<String, Value> answer = new LinkedHashMap<>();
            answer.put("approved", Value.of(approved));
            for (String field : Arguments.all(given, "-f")) {
                int equals = field.indexOf('=');
                if (equals < 1) {
                    throw new Refusal(
                            Refusal.Reason.INVALID, "-f " + field + " (expected: field=value)");
                }
                answer.put(field.substring(0, equals), value(field.substring(equals + 1)));
            }
            workspace.answer(run, task, item == null ? -1 : item, answer);
            tell(workspace, run, task, approved, given);
        }
        return ExitCode.DONE;
    }

    private void tell(
            Workspace workspace, RunId run, String task, boolean approved, ParseResult given)
            throws Refusal {
        session.terminal().tell(Texts.line(task) + (approved ? " is approved" : " is rejected"));
        if (workspace instanceof RemoteWorkspace) {
            return; // its owner is awake: the run goes on there, and may take the owner with it to
            // its end
        }
        if (!workspace.show(run).state().isEnded()) {
            session.terminal()
                    .tell(
                            "The run goes on with: "
                                    + session.propose(given, "runs", "resume", run.toString()));
        }
    }

    /** JSON where it is such, otherwise the text itself. */
    private static Value value(String text) {
        try {
            return ValueJson.parse(text);
        } catch (IllegalArgumentException e) {
            return Value.of(text);
        }
    }
}
