package dev.sluice.cli;

import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a run that goes on stands, as far as its news tell. Not thread-safe. */
final class Board {
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Set<Row> changed = new LinkedHashSet<>();

    /** A run of which even what has already ended is told. */
    private static final long YOUNG_MICROS = 10_000_000;

    private RunState state = RunState.QUEUED;
    private long createdMicros;

    /** One task. */
    static final class Row {
        final String path;
        TaskState state = TaskState.PENDING;
        int attempt;
        long startedMicros;
        long endedMicros;
        double fraction = Double.NaN;
        String message = "";
        @Nullable String error;
        @Nullable Counts items;

        /** Whether there was news of it, which is never older than a snapshot that comes later. */
        boolean heard;

        Row(String path) {
            this.path = path;
        }

        boolean isActive() {
            return switch (state) {
                case RUNNING, RETRYING, PAUSED -> true;
                case PENDING, READY -> items != null && items.running > 0;
                case SUCCEEDED, FAILED, SKIPPED, CANCELLED, CACHED, UPSTREAM_FAILED -> false;
            };
        }

        long micros(long nowMicros) {
            return startedMicros == 0
                    ? 0
                    : (endedMicros == 0 ? nowMicros : endedMicros) - startedMicros;
        }
    }

    /** The items of a foreach. */
    static final class Counts {
        int total;
        int running;
        int succeeded;
        int failed;
        int skipped;

        /** The last state seen of each item, by {@link TaskState#ordinal} plus one, 0 if none. */
        private byte[] states = new byte[0];

        int ended() {
            return succeeded + failed + skipped;
        }

        /** Whether there was news of single items. */
        boolean heard() {
            return states.length > 0;
        }

        private void set(int item, TaskState state) {
            if (item >= states.length) {
                states =
                        java.util.Arrays.copyOf(
                                states, Math.max(Math.max(total, item + 1), states.length * 2));
            }
            TaskState before = states[item] == 0 ? null : TaskState.values()[states[item] - 1];
            states[item] = (byte) (state.ordinal() + 1);
            if (before != state) {
                count(before, -1);
                count(state, 1);
            }
        }

        private void count(@Nullable TaskState of, int by) {
            switch (of) {
                case RUNNING, PAUSED -> running = Math.max(0, running + by);
                case SUCCEEDED, CACHED -> succeeded += by;
                case FAILED, CANCELLED, UPSTREAM_FAILED -> failed += by;
                case SKIPPED -> skipped += by;
                case PENDING, READY, RETRYING -> {}
                case null -> {}
            }
        }
    }

    /** Takes a piece of news. */
    void apply(RunNews news, long nowMicros) {
        switch (news) {
            case RunNews.Snapshot n -> take(n.view(), nowMicros);
            case RunNews.RunChanged n -> state = n.state();
            case RunNews.TaskChanged n when n.item() >= 0 -> item(n, nowMicros);
            case RunNews.TaskChanged n -> task(n, nowMicros);
            case RunNews.ItemsKnown n -> counts(row(n.task())).total = n.total();
            case RunNews.Progress n -> {
                Row row = row(n.task());
                if (n.item() < 0) {
                    row.fraction = n.fraction();
                }
                row.message = n.message();
            }
            case RunNews.Metric _, RunNews.LogLine _ -> {}
        }
    }

    /**
     * A snapshot may be older than news that came before it: what has been heard of stands, until
     * the run has ended.
     */
    private void take(RunView view, long nowMicros) {
        boolean first = rows.isEmpty();
        boolean young = nowMicros - view.createdMicros() < YOUNG_MICROS;
        state = view.state();
        createdMicros = view.createdMicros();
        for (RunView.TaskView task : view.tasks()) {
            Row row = row(task.path());
            if (row.state.isEnded()) {
                continue;
            }
            take(task.items(), row);
            if (row.heard && !view.state().isEnded()) {
                continue;
            }
            boolean news = row.state != task.state();
            row.state = task.state();
            row.attempt = task.attempts();
            row.startedMicros = task.startedMicros();
            row.endedMicros = task.endedMicros();
            row.error = task.error();
            // what had ended before somebody came to look is no news, but in a run just begun
            if (news && (!first || row.isActive() || young)) {
                changed.add(row);
            }
        }
    }

    private static void take(RunView.@Nullable Items items, Row row) {
        if (items != null && (row.items == null || !row.items.heard())) {
            Counts counts = counts(row);
            counts.total = items.total();
            counts.running = items.running();
            counts.succeeded = items.succeeded();
            counts.failed = items.failed();
            counts.skipped = items.skipped();
        }
    }

    private void item(RunNews.TaskChanged n, long nowMicros) {
        Row row = row(n.task());
        row.heard = true;
        counts(row).set(n.item(), n.state());
        if (row.startedMicros == 0) {
            row.startedMicros = nowMicros;
        }
        if (!row.state.isEnded() && row.state != TaskState.RUNNING) {
            row.state = TaskState.RUNNING;
            changed.add(row);
        }
        if (n.error() != null) {
            row.error = "item " + n.item() + ": " + n.error();
        }
    }

    private void task(RunNews.TaskChanged n, long nowMicros) {
        Row row = row(n.task());
        row.heard = true;
        boolean again =
                row.state == n.state() && (row.attempt == n.attempt() || n.state().isEnded());
        row.state = n.state();
        row.attempt = n.attempt();
        if (n.error() != null || n.state().isSuccess()) {
            row.error = n.error();
        }
        if (n.state() == TaskState.RUNNING) {
            row.fraction = Double.NaN;
            row.message = "";
        }
        if (row.startedMicros == 0 && (row.isActive() || n.state().isEnded())) {
            row.startedMicros = nowMicros;
        }
        row.endedMicros = n.state().isEnded() ? nowMicros : 0;
        if (!again) {
            changed.add(row);
        }
    }

    private Row row(String path) {
        return rows.computeIfAbsent(path, Row::new);
    }

    private static Counts counts(Row row) {
        Counts counts = row.items;
        if (counts == null) {
            counts = new Counts();
            row.items = counts;
        }
        return counts;
    }

    RunState state() {
        return state;
    }

    long createdMicros() {
        return createdMicros;
    }

    int size() {
        return rows.size();
    }

    /** The tasks under way, in the order of the text. */
    List<Row> active() {
        return rows.values().stream().filter(Row::isActive).toList();
    }

    long count(TaskState of) {
        return rows.values().stream().filter(row -> row.state == of).count();
    }

    long ended() {
        return rows.values().stream().filter(row -> row.state.isEnded()).count();
    }

    /** The tasks whose state has changed since this was last called, in order. */
    List<Row> takeChanged() {
        List<Row> taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }
}
