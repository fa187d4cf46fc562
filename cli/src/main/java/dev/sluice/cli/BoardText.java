package dev.sluice.cli;

import dev.sluice.model.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link Board} as lines of text: what is under way, and the counts. */
final class BoardText {
    private static final int BAR = 16;

    /** An estimate made of a moment's work would jump about. */
    private static final long ESTIMATE_AFTER_MICROS = 1_000_000;

    private final Style style;

    BoardText(Style style) {
        this.style = style;
    }

    /**
     * The lines of the live part.
     *
     * @param width columns; no line is longer
     * @param height lines at most, 2 or more
     */
    List<String> live(Board board, long nowMicros, int width, int height) {
        List<Board.Row> active = board.active();
        int shown = active.size() <= height - 1 ? active.size() : height - 2;
        int names =
                Math.min(
                        Math.max(8, width / 3),
                        active.stream()
                                .limit(shown)
                                .mapToInt(row -> Width.of(Texts.line(row.path)))
                                .max()
                                .orElse(0));
        List<String> lines = new ArrayList<>();
        for (Board.Row row : active.subList(0, shown)) {
            lines.add(row(row, nowMicros, names, width));
        }
        if (shown < active.size()) {
            lines.add(style.dim("+ " + (active.size() - shown) + " more"));
        }
        lines.add(style.dim(Width.cut(counts(board, nowMicros), width)));
        return lines;
    }

    /** State and name, time, how far it is, and what it says. */
    private String row(Board.Row row, long nowMicros, int names, int width) {
        String name = Width.pad(Width.cut(Texts.line(row.path), names), names);
        StringBuilder rest = new StringBuilder();
        rest.append(Width.pad(word(row), 11));
        rest.append(Width.padLeft(Texts.duration(row.micros(nowMicros)), 11));
        Board.Counts items = row.items;
        if (items != null) {
            rest.append("  ").append(items(items, row.micros(nowMicros)));
        } else if (Double.isFinite(row.fraction)) {
            double fraction = Math.clamp(row.fraction, 0, 1);
            rest.append("  ").append(bar(fraction));
            rest.append(String.format(Locale.ROOT, " %3.0f %%", fraction * 100));
        }
        String note =
                row.state == TaskState.RETRYING && row.error != null ? row.error : row.message;
        if (!note.isEmpty()) {
            rest.append("  ").append(Texts.line(note));
        }
        int room = width - Width.of(name) - 4;
        return style.icon(row.state, name) + "  " + Width.cut(rest.toString(), Math.max(0, room));
    }

    /** A foreach has attempts of its items only. */
    private static boolean isTriedAgain(Board.Row row) {
        return row.items == null
                && (row.state == TaskState.RETRYING
                        || (row.state == TaskState.RUNNING && row.attempt > 1));
    }

    private static String word(Board.Row row) {
        String word = Style.word(row.state);
        return isTriedAgain(row) ? word + " " + row.attempt : word;
    }

    private static String items(Board.Counts items, long micros) {
        int ended = items.ended();
        StringBuilder out = new StringBuilder();
        if (items.total > 0) {
            out.append(bar((double) ended / items.total)).append(' ');
        }
        out.append(String.format(Locale.ROOT, "%,d/%,d", ended, items.total));
        if (items.failed > 0) {
            out.append(String.format(Locale.ROOT, ", %,d failed", items.failed));
        }
        if (ended > 0 && ended < items.total && micros > ESTIMATE_AFTER_MICROS) {
            long left = (long) ((double) micros / ended * (items.total - ended));
            out.append(", ~").append(Texts.duration(left)).append(" left");
        }
        return out.toString();
    }

    static String bar(double fraction) {
        int full = (int) Math.round(fraction * BAR);
        return "█".repeat(full) + "░".repeat(BAR - full);
    }

    /** {@code 3 of 8 tasks, 2 running, 1 failed, 12.4 s}. */
    static String counts(Board board, long nowMicros) {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%,d of %,d tasks", board.ended(), board.size()));
        for (TaskState state :
                List.of(
                        TaskState.RUNNING,
                        TaskState.RETRYING,
                        TaskState.PAUSED,
                        TaskState.FAILED)) {
            long count = board.count(state);
            if (count > 0) {
                out.append(", ").append(count).append(' ').append(Style.word(state));
            }
        }
        if (board.createdMicros() > 0) {
            out.append(", ").append(Texts.duration(nowMicros - board.createdMicros()));
        }
        return out.toString();
    }

    /**
     * The line that stays of a task that has ended, or that is told where nothing can be redrawn.
     */
    String told(Board.Row row, long nowMicros, int width) {
        StringBuilder rest = new StringBuilder(Style.word(row.state));
        if (isTriedAgain(row)) {
            rest.append(", attempt ").append(row.attempt);
        }
        if (row.state.isEnded() && row.endedMicros > row.startedMicros) {
            rest.append(", ").append(Texts.duration(row.micros(nowMicros)));
        }
        Board.Counts items = row.items;
        if (items != null && row.state.isEnded() && items.total > 0) {
            rest.append(", ").append(Texts.count(items.total, "item"));
            if (items.failed > 0) {
                rest.append(", ").append(items.failed).append(" failed");
            }
        }
        if (row.error != null) {
            rest.append(": ").append(Texts.line(row.error));
        }
        String name = Texts.line(row.path);
        return style.icon(row.state, name)
                + "  "
                + Width.cut(rest.toString(), Math.max(20, width - Width.of(name) - 5));
    }
}
