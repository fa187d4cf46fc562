package dev.sluice.cli;

import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice runs logs}: what the attempts of a run have written. */
record LogsCommand(Session session) implements Command {
    private static final String ATTEMPT = "--attempt";
    private static final String ITEM = "--item";

    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage().description("Print the logs of a run, or of one of its tasks.");
        spec.addPositional(Arguments.positional(0, "RUN", "The run's id, or \"last\"."));
        spec.addPositional(Arguments.optional(1, "TASK", "Only this task (default: all)."));
        spec.addOption(Arguments.number("N", "Which attempt (default: the last).", ATTEMPT));
        spec.addOption(Arguments.number("I", "Which item of a foreach, from 0.", ITEM));
        spec.addOption(Arguments.flag("Go on printing until the run has ended.", "-f", "--follow"));
        spec.addOption(Arguments.data());
    }

    @Override
    public int run(ParseResult given) throws Refusal, InterruptedException {
        try (Workspace workspace = session.workspace(given)) {
            RunId run = session.runId(Arguments.positional(given, 0), workspace);
            @Nullable String task = Arguments.findPositional(given, 1);
            if (Arguments.has(given, "--follow")) {
                follow(workspace, run, task);
                return ExitCode.DONE;
            }
            RunView view = workspace.show(run);
            if (task == null) {
                printAll(workspace, view);
                return ExitCode.DONE;
            }
            return printOne(workspace, view, find(view, task), given);
        } catch (UncheckedIOException | IOException e) {
            throw new Refusal(
                    Refusal.Reason.UNAVAILABLE, "the log cannot be read: " + e.getMessage(), e);
        }
    }

    private static RunView.TaskView find(RunView view, String task) throws Refusal {
        List<String> paths = view.tasks().stream().map(RunView.TaskView::path).toList();
        int index = paths.indexOf(task);
        if (index < 0) {
            throw new Refusal(
                    Refusal.Reason.NOT_FOUND,
                    "run "
                            + view.run()
                            + " has no task \""
                            + task
                            + "\" (expected: "
                            + String.join(", ", paths.subList(0, Math.min(20, paths.size())))
                            + (paths.size() > 20 ? ", …" : "")
                            + ")");
        }
        return view.tasks().get(index);
    }

    private int printOne(
            Workspace workspace, RunView view, RunView.TaskView task, ParseResult given)
            throws Refusal, IOException {
        Integer item = Arguments.findNumber(given, ITEM);
        Integer attempt = Arguments.findNumber(given, ATTEMPT);
        if (task.items() != null && item == null) {
            throw new Refusal(
                    Refusal.Reason.INVALID,
                    "task \""
                            + task.path()
                            + "\" is a foreach of "
                            + Texts.count(task.items().total(), "item")
                            + ": say which with --item, from 0");
        }
        int number = attempt != null ? attempt : lastAttempt(workspace, view, task, item);
        Path log = workspace.log(view.run(), task.path(), item == null ? -1 : item, number);
        if (!Files.exists(log)) {
            session.terminal().tell("Attempt " + number + " of it has written no log.");
            return ExitCode.DONE;
        }
        LogText.print(log, 0, "", session.terminal().out());
        return ExitCode.DONE;
    }

    /** A foreach counts the attempts of all its items, so an item's own are looked for. */
    private static int lastAttempt(
            Workspace workspace, RunView view, RunView.TaskView task, @Nullable Integer item)
            throws Refusal {
        if (item == null) {
            return Math.max(1, task.attempts());
        }
        int attempt = 1;
        while (attempt < 100
                && Files.exists(workspace.log(view.run(), task.path(), item, attempt + 1))) {
            attempt++;
        }
        return attempt;
    }

    private void printAll(Workspace workspace, RunView view) throws Refusal, IOException {
        Style style = session.terminal().outStyle();
        for (RunView.TaskView task : view.tasks()) {
            for (int attempt = 1; task.items() == null && attempt <= task.attempts(); attempt++) {
                Path log = workspace.log(view.run(), task.path(), -1, attempt);
                if (Files.exists(log) && Files.size(log) > 0) {
                    session.terminal()
                            .out()
                            .println(style.bold(Texts.line(task.path()) + ", attempt " + attempt));
                    LogText.print(log, 0, "", session.terminal().out());
                }
            }
        }
    }

    private void follow(Workspace workspace, RunId run, @Nullable String task)
            throws Refusal, InterruptedException {
        LogTail tail = new LogTail(workspace, run, task, session.terminal().out());
        workspace.follow(run, tail);
        tail.finish();
    }
}
