package dev.sluice.cli;

import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A run as people read it: how it ended, what it made, and what went wrong. */
final class RunText {
    private static final int PREVIEW_ROWS = 10;
    private static final int TASKS_MAX = 60;
    private static final int LOG_LINES = 10;
    private static final int FAILURES_MAX = 5;
    private static final int VALUE_WIDTH_MAX = 2000;

    private final Workspace workspace;
    private final Style style;
    private final int width;

    RunText(Workspace workspace, Style style, int width) {
        this.workspace = workspace;
        this.style = style;
        this.width = width;
    }

    /** {@code Run 06f… of disease, version 1: ✔ succeeded in 3.2 s}. */
    String head(RunView view) {
        return "Run "
                + style.bold(view.run().toString())
                + " of "
                + view.flow()
                + ", version "
                + view.version()
                + ": "
                + style.show(view.state())
                + (view.state().isEnded() ? " in " : ", ")
                + Texts.duration(view.durationMicros());
    }

    /** One line a task. */
    void tasks(RunView view, PrintStream out) {
        boolean all = view.tasks().size() <= TASKS_MAX;
        Predicate<RunView.TaskView> worthTelling =
                task -> all || (!task.state().isSuccess() && task.state() != TaskState.SKIPPED);
        List<RunView.TaskView> shown =
                view.tasks().stream().filter(worthTelling).limit(TASKS_MAX).toList();
        int names = shown.stream().mapToInt(t -> Width.of(Texts.line(t.path()))).max().orElse(0);
        for (RunView.TaskView task : shown) {
            String name = Width.pad(Texts.line(task.path()), names);
            StringBuilder line = new StringBuilder("  ");
            line.append(style.icon(task.state(), name)).append("  ");
            line.append(Width.pad(Style.word(task.state()), 15));
            if (task.endedMicros() > task.startedMicros() && task.startedMicros() > 0) {
                line.append(Texts.duration(task.endedMicros() - task.startedMicros()));
            }
            if (task.attempts() > 1 && task.items() == null) {
                line.append(", ").append(Texts.count(task.attempts(), "attempt"));
            }
            if (task.items() != null) {
                line.append(", ").append(items(task.items()));
            }
            out.println(line.toString().stripTrailing());
        }
        if (shown.size() < view.tasks().size()) {
            out.println(
                    style.dim(
                            "  + " + Texts.count(view.tasks().size() - shown.size(), "more task")));
        }
    }

    private static String items(RunView.Items items) {
        return Texts.count(items.total(), "item")
                + (items.failed() > 0 ? ", " + items.failed() + " failed" : "")
                + (items.skipped() > 0 ? ", " + items.skipped() + " skipped" : "");
    }

    /** The flow's outputs; where it has none, those of its last tasks. */
    void outputs(RunView view, PrintStream out) throws Refusal {
        boolean last = view.outputs().isEmpty() && view.state() == RunState.SUCCEEDED;
        Map<String, Value> outputs = last ? lastOutputs(view) : view.outputs();
        int names =
                outputs.entrySet().stream()
                        .filter(e -> !(e.getValue() instanceof Value.Artifact))
                        .mapToInt(e -> Width.of(Texts.line(e.getKey())))
                        .max()
                        .orElse(0);
        for (Map.Entry<String, Value> output : outputs.entrySet()) {
            String name = Texts.line(output.getKey());
            if (output.getValue() instanceof Value.Artifact artifact) {
                artifact(view, name, artifact, out);
            } else {
                out.println(
                        style.bold(Width.pad(name, names))
                                + "  "
                                + Width.cut(plain(output.getValue()), VALUE_WIDTH_MAX));
            }
        }
    }

    private static String plain(Value value) {
        return Texts.line(value instanceof Value.Text(String text) ? text : ValueJson.plain(value));
    }

    private static Map<String, Value> lastOutputs(RunView view) {
        for (RunView.TaskView task : view.tasks().reversed()) {
            if (task.state().isSuccess() && !task.outputs().isEmpty()) {
                Map<String, Value> outputs = new LinkedHashMap<>();
                task.outputs()
                        .forEach((name, value) ->
                                outputs.put(
                                        name.equals("table")
                                                ? task.path()
                                                : task.path() + "." + name,
                                        value));
                return outputs;
            }
        }
        return Map.of();
    }

    private void artifact(RunView view, String name, Value.Artifact artifact, PrintStream out)
            throws Refusal {
        Value.TableInfo table = artifact.table();
        if (table != null) {
            out.println(
                    style.bold(name)
                            + "  "
                            + Texts.count(table.rows(), "row")
                            + ", "
                            + Texts.count(table.columns().size(), "column")
                            + ", "
                            + Texts.bytes(artifact.bytes()));
            TableText.lines(table, workspace.preview(artifact, PREVIEW_ROWS), width, style)
                    .forEach(out::println);
        } else {
            out.println(
                    style.bold(name)
                            + "  "
                            + Texts.line(artifact.name())
                            + ", "
                            + Texts.bytes(artifact.bytes()));
        }
        out.println("  " + link(workspace.open(view.run(), artifact).toUri().toString()));
    }

    /** Terminals that know OSC 8 make it clickable; most make any such address clickable. */
    private String link(String address) {
        String plain = address.replaceFirst("^file:/(?!/)", "file:///");
        return style.colour()
                ? "\u001b]8;;" + plain + "\u001b\\" + plain + "\u001b]8;;\u001b\\"
                : plain;
    }

    /** Why the run failed: its error, and of each failed task the last lines of its log. */
    void failures(RunView view, PrintStream out, java.util.function.Function<String, String> logs)
            throws Refusal {
        List<RunView.TaskView> failed =
                view.tasks().stream().filter(t -> t.state() == TaskState.FAILED).toList();
        if (view.error() != null && failed.isEmpty()) {
            out.println(style.red(Texts.block(view.error())));
        }
        for (RunView.TaskView task : failed.subList(0, Math.min(FAILURES_MAX, failed.size()))) {
            out.println(
                    style.icon(task.state(), style.bold(Texts.line(task.path())))
                            + ": "
                            + Texts.block(task.error() == null ? "failed" : task.error()));
            if (task.items() == null && task.attempts() > 0) {
                List<String> lines =
                        LogText.tail(
                                workspace.log(view.run(), task.path(), -1, task.attempts()),
                                LOG_LINES);
                lines.forEach(line -> out.println(style.dim("  │ ") + Texts.line(line)));
            }
            out.println(style.dim("  all of its log: " + logs.apply(task.path())));
        }
        if (failed.size() > FAILURES_MAX) {
            out.println("+ " + Texts.count(failed.size() - FAILURES_MAX, "more failed task"));
        }
    }
}
