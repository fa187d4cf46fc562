package dev.sluice.cli;

import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prints the logs of a run as they grow, from their beginnings: the files are what is printed, the
 * news only tell when there is more. A line reaches its file a little after it is told, so the
 * first that is not there yet is waited for.
 */
final class LogTail implements Consumer<RunNews> {
    /** Longer than a log's buffer is held back. */
    private static final long FLUSH_MILLIS = 200;

    private final Workspace workspace;
    private final RunId run;
    private final @Nullable String task;
    private final PrintStream out;
    private final Map<Key, Grown> logs = new LinkedHashMap<>();
    private final Map<Key, Path> files = new HashMap<>();

    private record Key(String task, int item, int attempt) {}

    /**
     * @param place in bytes
     * @param stalled a line that was told never came: the log is full
     */
    private record Grown(long place, long lines, boolean stalled) {
        static final Grown NOTHING = new Grown(0, 0, false);
    }

    /**
     * @param task whose logs to print, or null for all
     */
    LogTail(Workspace workspace, RunId run, @Nullable String task, PrintStream out) {
        this.workspace = workspace;
        this.run = run;
        this.task = task;
        this.out = out;
    }

    @Override
    public void accept(RunNews news) {
        try {
            if (news instanceof RunNews.Snapshot(RunView view)) {
                for (RunView.TaskView each : view.tasks()) {
                    for (int n = 1; each.items() == null && n <= each.attempts(); n++) {
                        print(new Key(each.path(), -1, n));
                    }
                }
            } else if (news instanceof RunNews.LogLine line) {
                catchUp(new Key(line.task(), line.item(), line.attempt()), line.number());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Refusal e) {
            throw new IllegalStateException(
                    e); // where a log lies is refused for no task of the run
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints what the ended run has still written; its owner may be gone. */
    void finish() {
        try {
            for (Key key : logs.keySet()) {
                print(key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Refusal e) {
            throw new IllegalStateException(e); // the files are known by now
        }
    }

    private void catchUp(Key key, long number) throws IOException, Refusal, InterruptedException {
        Grown before = logs.getOrDefault(key, Grown.NOTHING);
        if (number <= before.lines() || before.stalled() || !wanted(key)) {
            return;
        }
        print(key);
        if (logs.getOrDefault(key, Grown.NOTHING).lines() < number) {
            Thread.sleep(FLUSH_MILLIS);
            print(key);
        }
        Grown now = logs.getOrDefault(key, Grown.NOTHING);
        if (now.lines() < number) {
            logs.put(key, new Grown(now.place(), now.lines(), true));
        }
    }

    private boolean wanted(Key key) {
        return task == null || task.equals(key.task());
    }

    private void print(Key key) throws IOException, Refusal {
        if (!wanted(key)) {
            return;
        }
        Grown before = logs.getOrDefault(key, Grown.NOTHING);
        String item = key.item() < 0 ? "" : "[" + key.item() + "]";
        String prefix =
                task == null || key.item() >= 0 ? Texts.line(key.task()) + item + " │ " : "";
        Path file = files.get(key);
        if (file == null) {
            file = workspace.log(run, key.task(), key.item(), key.attempt());
            files.put(key, file);
        }
        LogText.Printed printed = LogText.print(file, before.place(), prefix, out);
        logs.put(
                key,
                new Grown(printed.place(), before.lines() + printed.lines(), before.stalled()));
    }
}
