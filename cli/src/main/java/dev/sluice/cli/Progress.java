package dev.sluice.cli;

import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Shows on stderr how a run goes on, until closed. On a terminal the tasks under way are redrawn in
 * place and those that have ended scroll above them; elsewhere each change is a line.
 *
 * <p>News may come far faster than they can be read: they only change the {@link Board}, which one
 * thread draws at most ten times a second. Thread-safe.
 */
final class Progress implements Consumer<RunNews>, AutoCloseable {
    private static final long FRAME_MILLIS = 100;

    /** Even without news, elapsed times go on. */
    private static final long TICK_MILLIS = 1000;

    /** What is over sooner is not drawn at all. */
    private static final long FIRST_FRAME_MILLIS = 250;

    /** Elsewhere than on a terminal, a flow of more tasks is told by counts. */
    private static final int TASKS_TOLD_MAX = 200;

    private final Terminal terminal;
    private final LongSupplier clockMicros;
    private final Consumer<Board.Row> waiting;
    private final BoardText text;
    private final Board board = new Board();
    private final Object lock = new Object();
    private final Thread painter;
    private boolean dirty;
    private boolean closed;
    private int linesDrawn;
    private long lastCountsMicros;

    /**
     * @param clockMicros the time, in microseconds since 1970
     * @param waiting is told of a task that begins to wait for a person
     */
    Progress(Terminal terminal, LongSupplier clockMicros, Consumer<Board.Row> waiting) {
        this.terminal = terminal;
        this.clockMicros = clockMicros;
        this.waiting = waiting;
        this.text = new BoardText(terminal.errStyle());
        this.painter = Thread.ofPlatform().daemon().name("sluice-progress").unstarted(this::paint);
    }

    static Progress start(Terminal terminal, Consumer<Board.Row> waiting) {
        Progress progress = new Progress(terminal, Progress::nowMicros, waiting);
        progress.painter.start();
        return progress;
    }

    private static long nowMicros() {
        java.time.Instant now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    @Override
    public void accept(RunNews news) {
        synchronized (lock) {
            board.apply(news, clockMicros.getAsLong());
            dirty = true;
            lock.notifyAll();
        }
    }

    private void paint() {
        try {
            Thread.sleep(FIRST_FRAME_MILLIS);
            while (true) {
                synchronized (lock) {
                    if (!dirty && !closed) {
                        lock.wait(TICK_MILLIS);
                    }
                    if (closed) {
                        return;
                    }
                    dirty = false;
                    frame();
                }
                Thread.sleep(FRAME_MILLIS);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    /** Draws how things stand now. */
    void frame() {
        synchronized (lock) {
            long now = clockMicros.getAsLong();
            List<Board.Row> changed = board.takeChanged();
            if (terminal.isLive()) {
                drawLive(changed, now);
            } else {
                tellPlain(changed, now);
            }
            for (Board.Row row : changed) {
                if (row.state == TaskState.PAUSED) {
                    above(() -> waiting.accept(row));
                }
            }
        }
    }

    /** Each line overwrites the one that stood there, so that nothing flickers. */
    private void drawLive(List<Board.Row> changed, long now) {
        int width = terminal.window().columns() - 1;
        StringBuilder out = new StringBuilder("\u001b[?2026h\u001b[?25l");
        toTop(out);
        for (Board.Row row : changed) {
            if (row.state.isEnded()) {
                out.append(text.told(row, now, width)).append("\u001b[K\n");
            }
        }
        if (!board.state().isEnded()) {
            List<String> lines =
                    text.live(board, now, width, Math.max(2, terminal.window().rows() - 5));
            lines.forEach(line -> out.append(line).append("\u001b[K\n"));
            linesDrawn = lines.size();
        }
        // Terminals that know synchronised updates show the frame as a whole; others pass over it.
        write(out.append("\u001b[J\u001b[?2026l").toString());
    }

    private void toTop(StringBuilder out) {
        if (linesDrawn > 0) {
            out.append("\u001b[").append(linesDrawn).append("A\r");
            linesDrawn = 0;
        }
    }

    private void tellPlain(List<Board.Row> changed, long now) {
        StringBuilder out = new StringBuilder();
        boolean many = board.size() > TASKS_TOLD_MAX;
        for (Board.Row row : changed) {
            if (isTold(row, many)) {
                out.append(text.told(row, now, 200)).append('\n');
            }
        }
        if (now - lastCountsMicros >= TICK_MILLIS * 1000) {
            lastCountsMicros = now;
            if (many) {
                out.append(BoardText.counts(board, now)).append('\n');
            }
            for (Board.Row row : board.active()) {
                if (row.items != null && row.items.ended() > 0) {
                    out.append(items(row)).append('\n');
                }
            }
        }
        write(out.toString());
    }

    private static boolean isTold(Board.Row row, boolean many) {
        return switch (row.state) {
            case FAILED, RETRYING -> true;
            case RUNNING, PAUSED, SUCCEEDED, SKIPPED, CANCELLED, CACHED, UPSTREAM_FAILED -> !many;
            case PENDING, READY -> false;
        };
    }

    private static String items(Board.Row row) {
        Board.Counts items = row.items;
        return items == null
                ? ""
                : Texts.line(row.path)
                        + ": "
                        + items.ended()
                        + " of "
                        + Texts.count(items.total, "item")
                        + (items.failed > 0 ? ", " + items.failed + " failed" : "");
    }

    /** Writes something of several lines without the live part in its way. */
    void above(Runnable writing) {
        synchronized (lock) {
            if (linesDrawn > 0) {
                StringBuilder out = new StringBuilder();
                toTop(out);
                write(out.append("\u001b[J").toString());
            }
            writing.run();
            dirty = true;
        }
    }

    private void write(String sequence) {
        if (!sequence.isEmpty()) {
            terminal.err().print(sequence);
            terminal.err().flush();
        }
    }

    /** Leaves the terminal as it was, with the last changes told. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            board.apply(new RunNews.RunChanged(endState()), clockMicros.getAsLong());
            frame();
            closed = true;
            restore();
            lock.notifyAll();
        }
        painter.interrupt();
    }

    /** Whatever the run's state, nothing is drawn any more. */
    private RunState endState() {
        return board.state().isEnded() ? board.state() : RunState.CANCELLED;
    }

    /** Shows the cursor again; also when everything ends at once. */
    void restore() {
        if (terminal.isLive()) {
            write("\u001b[?25h");
        }
    }
}
