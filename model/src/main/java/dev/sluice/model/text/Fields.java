package dev.sluice.model.text;

import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one map while they are read: each is taken by name, with its type; what is left over
 * is for the caller to name as unknown.
 *
 * @param subject what the map describes, for messages, such as {@code task "clean"}
 */
record Fields(Node.Map map, String subject, Map<String, Node.Entry> left, List<Problem> problems) {

    static Fields of(Node.Map map, String subject, List<Problem> problems) {
        Map<String, Node.Entry> left = new LinkedHashMap<>();
        map.entries().forEach(e -> left.put(e.key(), e));
        return new Fields(map, subject, left, problems);
    }

    void problem(Mark mark, String message) {
        problems.add(new Problem(mark, message));
    }

    /** Complains that a value does not fit its key. */
    void mismatch(String key, Node node, String expected) {
        problem(
                node.mark(),
                subject + ": " + key + " is " + shown(node) + " (expected: " + expected + ")");
    }

    static String shown(Node node) {
        return switch (node) {
            case Node.Scalar s ->
                    switch (s.value()) {
                        case Value.Null _ -> "empty";
                        case Value.Text t -> quoted(t.value());
                        default -> Messages.shortened(s.text());
                    };
            case Node.Seq _, Node.Map _ -> node.kind();
        };
    }

    @Nullable Node take(String key) {
        Node.Entry entry = left.remove(key);
        return entry == null ? null : entry.value();
    }

    /** A single value as text, numbers and booleans too. */
    @Nullable String text(String key) {
        Node node = take(key);
        if (node == null) {
            return null;
        }
        if (node instanceof Node.Scalar s && !(s.value() instanceof Value.Null)) {
            return s.text();
        }
        mismatch(key, node, "a text");
        return null;
    }

    boolean flag(String key) {
        Node node = take(key);
        if (node == null) {
            return false;
        }
        if (node instanceof Node.Scalar s && s.value() instanceof Value.Bool b) {
            return b.value();
        }
        mismatch(key, node, "true or false");
        return false;
    }

    @Nullable Integer count(String key, int least, int most) {
        Node node = take(key);
        if (node == null) {
            return null;
        }
        if (node instanceof Node.Scalar s
                && s.value() instanceof Value.Int i
                && i.value() >= least
                && i.value() <= most) {
            return (int) i.value();
        }
        mismatch(key, node, "an integer from " + least + " to " + most);
        return null;
    }

    double number(String key, double otherwise, double least, double most) {
        Node node = take(key);
        if (node == null) {
            return otherwise;
        }
        double number =
                switch (node.toValue()) {
                    case Value.Int i -> i.value();
                    case Value.Dec d -> d.value();
                    case Value.Null _,
                            Value.Bool _,
                            Value.Text _,
                            Value.ListOf _,
                            Value.MapOf _,
                            Value.Artifact _ ->
                            Double.NaN;
                };
        if (number >= least && number <= most) {
            return number;
        }
        mismatch(key, node, "a number from " + least + " to " + most);
        return otherwise;
    }

    @Nullable Duration duration(String key) {
        Node node = take(key);
        if (node == null) {
            return null;
        }
        Duration duration =
                node instanceof Node.Scalar s && s.value() instanceof Value.Text
                        ? Durations.parse(s.text())
                        : null;
        if (duration == null) {
            mismatch(key, node, Durations.FORM);
        }
        return duration;
    }

    long bytes(String key, long otherwise) {
        Node node = take(key);
        if (node == null) {
            return otherwise;
        }
        OptionalLong bytes =
                node instanceof Node.Scalar s ? Sizes.parse(s.text()) : OptionalLong.empty();
        if (bytes.isPresent() && bytes.getAsLong() > 0) {
            return bytes.getAsLong();
        }
        mismatch(key, node, Sizes.FORM);
        return otherwise;
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        Node node = take(key);
        if (node == null) {
            return otherwise;
        }
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        E found = node instanceof Node.Scalar s ? words.get(s.text()) : null;
        if (found == null) {
            mismatch(key, node, Messages.either(words.keySet()));
            return otherwise;
        }
        return found;
    }

    /** A map of any values; empty if absent. */
    Map<String, Node> nodes(String key) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        for (Node.Entry entry : entries(key)) {
            nodes.put(entry.key(), entry.value());
        }
        return nodes;
    }

    /** The entries of a map; none if it is absent or, which is a problem, no map. */
    List<Node.Entry> entries(String key) {
        return switch (take(key)) {
            case null -> List.of();
            case Node.Map m -> m.entries();
            case Node other -> {
                mismatch(key, other, "a map");
                yield List.of();
            }
        };
    }

    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Node.Entry entry : entries("labels")) {
            if (entry.value() instanceof Node.Scalar s) {
                labels.put(entry.key(), s.text());
            } else {
                mismatch("labels." + entry.key(), entry.value(), "a text");
            }
        }
        return labels;
    }

    /** What nobody took, as problems. */
    void refuseOthers(List<String> known) {
        for (Node.Entry entry : left.values()) {
            problem(
                    entry.mark(),
                    subject
                            + ": unknown key "
                            + quoted(entry.key())
                            + Messages.instead(entry.key(), known));
        }
        left.clear();
    }
}
