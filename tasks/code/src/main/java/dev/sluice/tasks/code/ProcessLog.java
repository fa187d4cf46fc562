package dev.sluice.tasks.code;

import dev.sluice.model.Value;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.TaskContext;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a process writes: lines of stdout and stderr go to the attempt's log, JSON lines of
 * the control channel become progress, metrics and the error's summary. Whatever a hostile program
 * writes is bounded; what cannot be understood is passed over.
 *
 * <p>Control lines: {@code {"progress": 0.4, "message": "fold 2"}}, {@code {"metric": "auc",
 * "value": 0.83}}, {@code {"error": "ZeroDivisionError: division by zero (clean.py:12)"}}.
 */
final class ProcessLog implements Sandbox.Output {
    private static final int MAX_MESSAGES_A_SECOND = 1_000;
    private static final int MAX_METRICS = 1_000;
    private static final int MAX_TEXT = 4_000;

    private final TaskContext context;
    private final LineSplitter stdout;
    private final LineSplitter stderr;
    private final LineSplitter control;
    private final Set<String> metrics = new HashSet<>();
    private long secondStarted = System.nanoTime();
    private int messagesThisSecond;
    private volatile String lastErrorLine = "";
    private volatile @Nullable String error;

    ProcessLog(TaskContext context) {
        this.context = context;
        stdout = new LineSplitter(context::log);
        stderr =
                new LineSplitter(line -> {
                    context.log(line);
                    if (!line.isBlank()) {
                        lastErrorLine = line.strip();
                    }
                });
        control = new LineSplitter(this::message);
    }

    @Override
    public void stdout(byte[] bytes, int length) {
        stdout.add(bytes, length);
    }

    @Override
    public void stderr(byte[] bytes, int length) {
        stderr.add(bytes, length);
    }

    @Override
    public void control(byte[] bytes, int length) {
        control.add(bytes, length);
    }

    /** To be called when the process is gone: what has no line end is a line too. */
    void end() {
        stdout.end();
        stderr.end();
        control.end();
    }

    /** The last line on stderr that is not blank, or an empty text. */
    String lastErrorLine() {
        return shorten(lastErrorLine);
    }

    /** What the helper said of the error that ended the script, or null. */
    @Nullable String error() {
        return error;
    }

    private void message(String line) {
        if (isFlood() && !line.startsWith("{\"error\"")) {
            return;
        }
        Value value;
        try {
            value = Json.read(line);
        } catch (Json.JsonException _) {
            return;
        }
        if (!(value instanceof Value.MapOf map)) {
            return;
        }
        if (map.find("error") instanceof Value.Text text) {
            error = shorten(LineSplitter.printable(text.value()));
        }
        if (map.find("metric") instanceof Value.Text name
                && number(map.find("value")) instanceof Double number
                && Outputs.isName(name.value())
                && (metrics.size() < MAX_METRICS || metrics.contains(name.value()))) {
            metrics.add(name.value());
            context.metric(name.value(), number);
        }
        if (map.entries().containsKey("progress")) {
            Double fraction = number(map.find("progress"));
            String text =
                    map.find("message") instanceof Value.Text given
                            ? shorten(LineSplitter.printable(given.value()))
                            : "";
            context.progress(fraction == null ? Double.NaN : Math.clamp(fraction, 0.0, 1.0), text);
        }
    }

    private boolean isFlood() {
        long now = System.nanoTime();
        if (now - secondStarted > 1_000_000_000) {
            secondStarted = now;
            messagesThisSecond = 0;
        }
        return ++messagesThisSecond > MAX_MESSAGES_A_SECOND;
    }

    private static @Nullable Double number(@Nullable Value value) {
        return switch (value) {
            case Value.Int i -> (double) i.value();
            case Value.Dec d -> d.value();
            case Value.Null _, Value.Bool _, Value.Text _ -> null;
            case Value.ListOf _, Value.MapOf _, Value.Artifact _ -> null;
            case null -> null;
        };
    }

    private static String shorten(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }
}
