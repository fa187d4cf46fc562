package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long now = Samples.START + 2_000_000;

    private Progress progress(boolean live, List<String> waiting) {
        Terminal terminal =
                Commands.terminal(
                        new ByteArrayOutputStream(),
                        err,
                        live,
                        Map.of("NO_COLOR", "1"),
                        Path.of("."));
        return new Progress(terminal, () -> now, row -> waiting.add(row.path));
    }

    private String drawn() {
        String text = err.toString(StandardCharsets.UTF_8);
        err.reset();
        return text;
    }

    private static RunNews.Snapshot snapshot() {
        return new RunNews.Snapshot(
                Samples.run(
                        RunState.RUNNING,
                        Map.of(),
                        Samples.task("raw", TaskState.RUNNING),
                        Samples.task("work", TaskState.PENDING),
                        Samples.task("last", TaskState.PENDING)));
    }

    @Test
    void aTerminalShowsWhatIsUnderWayAndLetsTheRestScrollAbove() {
        Progress progress = progress(true, new ArrayList<>());
        progress.accept(snapshot());
        progress.accept(new RunNews.Progress("raw", -1, 0.5, "half\u001b[2J"));
        progress.frame();
        assertThat(drawn())
                .isEqualTo(
                        "\u001b[?2026h\u001b[?25l"
                                + "◐ raw  running          2.0 s  ████████░░░░░░░░  50 %  half\\u001b[2J\u001b[K\n"
                                + "0 of 3 tasks, 1 running, 2.0 s\u001b[K\n"
                                + "\u001b[J\u001b[?2026l");

        now += 1_000_000;
        progress.accept(new RunNews.TaskChanged("raw", -1, TaskState.SUCCEEDED, 1, null));
        progress.accept(new RunNews.ItemsKnown("work", 4));
        for (int item = 0; item < 3; item++) {
            progress.accept(new RunNews.TaskChanged("work", item, TaskState.RUNNING, 1, null));
        }
        progress.accept(new RunNews.TaskChanged("work", 0, TaskState.SUCCEEDED, 1, null));
        progress.accept(new RunNews.TaskChanged("work", 1, TaskState.FAILED, 1, "no"));
        now += 2_000_000;
        progress.frame();
        assertThat(drawn())
                .isEqualTo(
                        "\u001b[?2026h\u001b[?25l\u001b[2A\r"
                                + "✔ raw  succeeded, 3.0 s\u001b[K\n"
                                + "◐ work  running          2.0 s  ████████░░░░░░░░ 2/4, 1 failed, ~2.0 s left\u001b[K\n"
                                + "1 of 3 tasks, 1 running, 5.0 s\u001b[K\n"
                                + "\u001b[J\u001b[?2026l");

        progress.close();
        assertThat(drawn())
                .startsWith("\u001b[?2026h\u001b[?25l\u001b[2A\r")
                .endsWith("\u001b[?25h");
    }

    @Test
    void moreTasksThanLinesAreCounted() {
        Board board = new Board();
        for (int i = 0; i < 30; i++) {
            board.apply(
                    new RunNews.TaskChanged("t" + i, -1, TaskState.RUNNING, 1, null),
                    Samples.START);
        }
        List<String> lines = new BoardText(new Style(false)).live(board, Samples.START, 40, 5);
        assertThat(lines).hasSize(5);
        assertThat(lines.get(3)).isEqualTo("+ 27 more");
        assertThat(lines).allMatch(line -> Width.of(line) <= 40);
    }

    @Test
    void elsewhereEachChangeIsALine() {
        List<String> waiting = new ArrayList<>();
        Progress progress = progress(false, waiting);
        progress.accept(snapshot());
        progress.accept(new RunNews.TaskChanged("raw", -1, TaskState.RETRYING, 1, "a\nb"));
        progress.frame();
        progress.accept(new RunNews.TaskChanged("last", -1, TaskState.PAUSED, 1, null));
        progress.frame();
        assertThat(drawn()).isEqualTo("↻ raw  retrying, attempt 1: a\\nb\n‖ last  waiting\n");
        assertThat(waiting).containsExactly("last");
    }

    @Test
    void aTaskThatChangedTwiceBetweenFramesIsToldOnce() {
        Progress progress = progress(false, new ArrayList<>());
        progress.accept(snapshot());
        progress.accept(new RunNews.TaskChanged("work", -1, TaskState.RUNNING, 1, null));
        progress.accept(new RunNews.TaskChanged("work", -1, TaskState.SUCCEEDED, 1, null));
        progress.accept(new RunNews.TaskChanged("work", -1, TaskState.SUCCEEDED, 1, null));
        progress.frame();
        assertThat(drawn()).isEqualTo("◐ raw  running\n✔ work  succeeded\n");
    }

    @Test
    void aSnapshotOlderThanTheNewsDoesNotHideATaskThatWaits() {
        List<String> waiting = new ArrayList<>();
        Progress progress = progress(false, waiting);
        progress.accept(new RunNews.TaskChanged("raw", -1, TaskState.PAUSED, 1, null));
        progress.accept(snapshot());
        progress.frame();
        assertThat(drawn()).isEqualTo("‖ raw  waiting\n");
        assertThat(waiting).containsExactly("raw");
    }
}
