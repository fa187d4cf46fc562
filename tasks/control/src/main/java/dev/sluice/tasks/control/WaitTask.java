package dev.sluice.tasks.control;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.model.text.Durations;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets a span of time pass, or goes on at an instant; holds no thread meanwhile. */
final class WaitTask implements TaskType {
    /** Beyond this a wait is a mistake in a number. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private static final List<Key> KEYS =
            List.of(
                    Key.optional(
                            "for",
                            KeyType.DURATION,
                            Expressions.INLINE,
                            "How long: 250ms, 2s, 1m30s, 3h or 1d."),
                    Key.optional(
                            "until",
                            KeyType.STRING,
                            Expressions.INLINE,
                            "When to go on: an RFC 3339 instant such as 2026-07-01T08:00:00Z."));

    /** As times are written everywhere: UTC, six fractional digits. */
    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final InstantSource clock;

    WaitTask(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return "wait";
    }

    @Override
    public String summary() {
        return "Waits for a span of time or until an instant.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public Shape shape(Node.Map config) {
        List<Problem> problems = new ArrayList<>();
        Node span = config.find("for");
        Node until = config.find("until");
        if (span == null && until == null) {
            problems.add(
                    new Problem(config.mark(), "wait has neither \"for\" nor \"until\"; give one"));
        } else if (span != null && until != null) {
            problems.add(
                    new Problem(until.mark(), "wait has both \"for\" and \"until\"; remove one"));
        }
        checkLiteral(span, text -> span(text), problems);
        checkLiteral(until, text -> instant(text), problems);
        return new Shape(Map.of("waited_until", ValueType.STRING), false, Set.of(), problems);
    }

    private interface Reader {
        Object read(String text) throws TaskException;
    }

    private static void checkLiteral(@Nullable Node node, Reader reader, List<Problem> problems) {
        if (node instanceof Node.Scalar scalar && !Literals.hasExpression(node)) {
            try {
                reader.read(scalar.text());
            } catch (TaskException e) {
                problems.add(new Problem(node.mark(), String.valueOf(e.getMessage())));
            }
        }
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException {
        Value span = context.config().get("for");
        Value until = context.config().get("until");
        Instant end;
        if (span != null) {
            end = clock.instant().plus(span(text("for", span))).truncatedTo(ChronoUnit.MICROS);
        } else {
            end = instant(text("until", until)).truncatedTo(ChronoUnit.MICROS);
        }
        return new Outcome.WaitUntil(
                ChronoUnit.MICROS.between(Instant.EPOCH, end),
                Map.of("waited_until", Value.of(INSTANT.format(end))));
    }

    private static String text(String key, @Nullable Value value) throws TaskException {
        if (value instanceof Value.Text text) {
            return text.value();
        }
        throw TaskException.terminal(
                key
                        + ": "
                        + (value == null ? "missing" : value.toJava())
                        + " (expected: "
                        + (key.equals("for") ? "a text such as 90s" : "an RFC 3339 instant")
                        + ")");
    }

    /** The span that a text such as {@code 1m30s} means. */
    static Duration span(String text) throws TaskException {
        Duration span = Durations.parse(text);
        if (span == null) {
            throw TaskException.terminal(
                    "for: \"" + text + "\" (expected: " + Durations.FORM + ")");
        }
        if (span.compareTo(LONGEST) > 0) {
            throw TaskException.terminal(
                    "for: \"" + text + "\" (expected: at most " + LONGEST.toDays() + "d)");
        }
        return span;
    }

    private Instant instant(String text) throws TaskException {
        Instant end;
        try {
            end = OffsetDateTime.parse(text.strip()).toInstant();
        } catch (DateTimeParseException e) {
            throw TaskException.terminal(
                    "until: \""
                            + text
                            + "\" (expected: an RFC 3339 instant such as 2026-07-01T08:00:00Z)");
        }
        if (end.isBefore(Instant.EPOCH) || end.isAfter(clock.instant().plus(LONGEST))) {
            throw TaskException.terminal(
                    "until: \""
                            + text
                            + "\" (expected: after 1970 and at most "
                            + LONGEST.toDays()
                            + " days ahead)");
        }
        return end;
    }
}
