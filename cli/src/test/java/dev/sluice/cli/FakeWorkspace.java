package dev.sluice.cli;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A workspace with one run, that remembers what it was asked. */
final class FakeWorkspace implements Workspace {
    final List<String> asked = new ArrayList<>();
    final List<RunNews> news = new ArrayList<>();
    List<Value> preview = List.of();
    List<RunLine> unfinished = List.of();
    RunView view;
    @Nullable Refusal refusal;

    FakeWorkspace(RunView view) {
        this.view = view;
    }

    private void ask(Object... words) throws Refusal {
        synchronized (asked) {
            asked.add(String.join(" ", List.of(words).stream().map(String::valueOf).toList()));
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    @Override
    public int saveFlow(String text, Path folder) throws Refusal {
        ask("saveFlow", text.lines().findFirst().orElse(""));
        return 1;
    }

    @Override
    public List<FlowLine> flows(@Nullable FlowId after, int limit) throws Refusal {
        ask("flows", String.valueOf(after), limit);
        return List.of(new FlowLine(view.flow(), 3, "me", 1_700_000_000_000_000L));
    }

    @Override
    public FlowText flow(FlowId flow, @Nullable Integer version) throws Refusal {
        ask("flow", flow, String.valueOf(version));
        return new FlowText(flow, 3, "id: " + flow + "\n");
    }

    @Override
    public RunId submit(Submission submission) throws Refusal {
        ask("submit", submission.flow(), submission.version(), submission.inputs());
        return view.run();
    }

    @Override
    public RunView follow(RunId run, Consumer<RunNews> consumer) throws Refusal {
        ask("follow", run);
        news.forEach(consumer);
        return view;
    }

    @Override
    public RunView show(RunId run) throws Refusal {
        ask("show", run);
        return view;
    }

    @Override
    public List<RunLine> runs(RunQuery query) throws Refusal {
        ask("runs", String.valueOf(query.flow()), String.valueOf(query.state()), query.limit());
        return List.of(
                new RunLine(
                        view.run(),
                        view.flow(),
                        view.version(),
                        view.state(),
                        view.createdMicros(),
                        view.startedMicros(),
                        view.endedMicros(),
                        null));
    }

    @Override
    public List<RunLine> unfinished() {
        return unfinished;
    }

    @Override
    public void resumeUnfinished(List<RunId> runs) throws Refusal {
        ask("resumeUnfinished", runs);
    }

    @Override
    public void cancel(RunId run) throws Refusal {
        ask("cancel", run);
    }

    @Override
    public void pause(RunId run) throws Refusal {
        ask("pause", run);
    }

    @Override
    public void resume(RunId run) throws Refusal {
        ask("resume", run);
    }

    @Override
    public RunId replay(RunId run, @Nullable String from, @Nullable Integer version)
            throws Refusal {
        ask("replay", run, String.valueOf(from), String.valueOf(version));
        return view.run();
    }

    @Override
    public void answer(RunId run, String task, int item, Map<String, Value> answer) throws Refusal {
        ask("answer", run, task, item, answer);
    }

    @Override
    public Path log(RunId run, String task, int item, int attempt) throws Refusal {
        ask("log", run, task, item, attempt);
        return Path.of("/nowhere", task + "." + attempt);
    }

    @Override
    public Path open(RunId run, Value.Artifact artifact) {
        return Path.of("/data/results", artifact.name());
    }

    @Override
    public List<Value> preview(Value.Artifact table, int rows) {
        return preview;
    }

    @Override
    public void export(Value.Artifact artifact, Path target) throws Refusal {
        ask("export", artifact.name(), target);
    }

    @Override
    public List<String> scrub() {
        return List.of("one is damaged");
    }

    @Override
    public Collected collectGarbage() {
        return new Collected(2, 3_000_000);
    }

    @Override
    public int purge(List<RunId> runs) throws Refusal {
        ask("purge", runs);
        return runs.size();
    }

    @Override
    public void close() {}
}
