package dev.sluice.cli;

import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import picocli.CommandLine.ParseResult;

/** Stays with a run to its end, shows how it goes on, and prints what it made. */
final class Following {
    private static final int TERMINATED = 143;

    private final Session session;
    private final Workspace workspace;
    private final ParseResult given;
    private final boolean json;

    /**
     * @param given the command's arguments, for {@code --json} and for the commands that are
     *     proposed
     */
    Following(Session session, Workspace workspace, ParseResult given) {
        this.session = session;
        this.workspace = workspace;
        this.given = given;
        this.json = Arguments.has(given, Arguments.JSON);
    }

    /**
     * @return the exit code that the run's end deserves
     */
    int toTheEnd(RunId run) throws Refusal, InterruptedException {
        RunView view;
        try (Progress progress = Progress.start(session.terminal(), row -> waiting(run, row.path));
                Interrupts _ =
                        new Interrupts(
                                () -> progress.above(() -> cancel(run)),
                                () -> leave(progress),
                                () -> stop(progress, run))) {
            view = workspace.follow(run, progress);
        }
        print(view);
        return exitCode(view.state());
    }

    static int exitCode(RunState state) {
        return switch (state) {
            case SUCCEEDED -> ExitCode.DONE;
            case FAILED -> ExitCode.RUN_FAILED;
            case CANCELLED -> ExitCode.CANCELLED;
            case QUEUED, RUNNING, PAUSED -> ExitCode.DONE;
        };
    }

    private void waiting(RunId run, String task) {
        session.terminal()
                .tell(
                        session.terminal().errStyle().amber("‖ " + Texts.line(task))
                                + "  waits for an answer: "
                                + session.propose(given, "approve", run.toString(), task));
    }

    private void cancel(RunId run) {
        session.terminal()
                .tell(
                        "Cancelling… press Ctrl-C again to leave it to: "
                                + session.propose(given, "runs", "resume", run.toString()));
        try {
            workspace.cancel(run);
        } catch (Refusal e) {
            session.terminal().tell("sluice: " + Texts.block(String.valueOf(e.getMessage())));
        }
    }

    private static void leave(Progress progress) {
        progress.restore();
        Runtime.getRuntime().halt(ExitCode.CANCELLED);
    }

    /** What is under way is put down and goes on at the next start. */
    private void stop(Progress progress, RunId run) {
        progress.close();
        session.terminal()
                .tell(
                        "Stopped; the run goes on with: "
                                + session.propose(given, "runs", "resume", run.toString()));
        workspace.close();
        Runtime.getRuntime().halt(TERMINATED);
    }

    /** Prints a run with its tasks, as far as it has come. */
    void show(RunView view) throws Refusal {
        if (json) {
            session.terminal().out().println(RunJson.of(view));
            return;
        }
        RunText text = text(session.terminal().outStyle());
        session.terminal().out().println(text.head(view));
        text.tasks(view, session.terminal().out());
        end(view, text);
    }

    /** Prints a run that has ended; its tasks were told on the way. */
    private void print(RunView view) throws Refusal {
        if (json) {
            session.terminal().out().println(RunJson.of(view));
            return;
        }
        RunText text = text(session.terminal().outStyle());
        session.terminal().out().println(text.head(view));
        end(view, text);
    }

    private RunText text(Style style) {
        return new RunText(workspace, style, session.terminal().window().columns());
    }

    private void end(RunView view, RunText text) throws Refusal {
        Terminal terminal = session.terminal();
        text.outputs(view, terminal.out());
        terminal.out().flush();
        if (view.state() == RunState.FAILED) {
            failures(view);
            terminal.tell(
                    "Run it again from where it failed: "
                            + session.propose(given, "runs", "resume", view.run().toString()));
        }
    }

    private void failures(RunView view) throws Refusal {
        Terminal terminal = session.terminal();
        text(terminal.errStyle())
                .failures(
                        view,
                        terminal.err(),
                        task ->
                                session.propose(
                                        given, "runs", "logs", view.run().toString(), task));
        terminal.err().flush();
    }
}
