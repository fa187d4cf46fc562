package dev.sluice.model.text;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/** Makes one document's tree from YAML events and counts what it makes. */
final class NodeComposer {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NODES = 500_000;

    private final SourceLines lines;
    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private int nodes;

    NodeComposer(String text, SourceLines lines) {
        this.lines = lines;
        LoadSettings settings =
                LoadSettings.builder()
                        .setUseMarks(true)
                        .setParseComments(false)
                        .setCodePointLimit(YamlText.MAX_CHARS)
                        .build();
        events = new Parse(settings).parseString(text).iterator();
    }

    /** Ends the reading: going on would be unsafe. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Problem problem;

        Refusal(Mark mark, String message) {
            super(message);
            problem = new Problem(mark, message);
        }

        Problem problem() {
            return problem;
        }
    }

    /**
     * What an alias stands for.
     *
     * @param nodes how many, itself included
     * @param height levels below it
     */
    private record Anchored(Node node, int nodes, int height) {}

    List<Problem> problems() {
        return problems;
    }

    @Nullable Node document() {
        events.next();
        Event event = events.next();
        if (event.getEventId() == Event.ID.StreamEnd) {
            return null;
        }
        Node root = node(events.next(), 0).node();
        events.next();
        Event after = events.next();
        if (after.getEventId() == Event.ID.DocumentStart) {
            throw new Refusal(
                    mark(after.getStartMark()), "a second document (expected: one flow in a file)");
        }
        return root;
    }

    private Anchored node(Event event, int depth) {
        Mark mark = mark(event.getStartMark());
        if (depth > MAX_DEPTH) {
            throw new Refusal(mark, "nested too deep (expected: at most " + MAX_DEPTH + " levels)");
        }
        int before = nodes;
        count(1, mark);
        Anchored made =
                switch (event) {
                    case AliasEvent alias -> follow(alias, mark, depth);
                    case ScalarEvent scalar -> new Anchored(scalar(scalar, mark), 1, 0);
                    case SequenceStartEvent start -> {
                        refuseTag(start.getTag(), "tag:yaml.org,2002:seq", mark);
                        yield sequence(mark, depth, before);
                    }
                    case MappingStartEvent start -> {
                        refuseTag(start.getTag(), "tag:yaml.org,2002:map", mark);
                        yield mapping(mark, depth, before);
                    }
                    default -> throw new IllegalStateException("unexpected " + event);
                };
        if (event instanceof NodeEvent named && !(event instanceof AliasEvent)) {
            named.getAnchor().ifPresent(anchor -> anchors.put(anchor, made));
        }
        return made;
    }

    private void count(int more, Mark mark) {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw new Refusal(
                    mark,
                    "more than "
                            + MAX_NODES
                            + " values, aliases followed (expected: a flow, not data)");
        }
    }

    private Anchored follow(AliasEvent event, Mark mark, int depth) {
        Anchored target = anchors.get(event.getAlias());
        if (target == null) {
            throw new Refusal(
                    mark,
                    "alias \"*"
                            + event.getAlias()
                            + "\" (expected: an anchor that stands complete before it)");
        }
        if (depth + target.height() > MAX_DEPTH) {
            throw new Refusal(mark, "nested too deep (expected: at most " + MAX_DEPTH + " levels)");
        }
        count(target.nodes(), mark);
        return target;
    }

    private Anchored sequence(Mark mark, int depth, int before) {
        List<Node> items = new ArrayList<>();
        int height = 0;
        for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
            Anchored item = node(e, depth + 1);
            height = Math.max(height, item.height() + 1);
            items.add(item.node());
        }
        return new Anchored(new Node.Seq(mark, items), nodes - before, height);
    }

    private Anchored mapping(Mark mark, int depth, int before) {
        List<Node.Entry> entries = new ArrayList<>();
        Map<String, Mark> seen = new HashMap<>();
        int height = 0;
        for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
            Mark keyMark = mark(e.getStartMark());
            Node key = node(e, depth + 1).node();
            Anchored value = node(events.next(), depth + 1);
            height = Math.max(height, value.height() + 1);
            String name = key(key, keyMark);
            if (name == null) {
                continue;
            }
            Mark first = seen.putIfAbsent(name, keyMark);
            if (first == null) {
                entries.add(new Node.Entry(keyMark, name, value.node()));
            } else {
                problem(
                        keyMark,
                        "key \""
                                + Messages.shortened(name)
                                + "\" stands here again; its first place is line "
                                + first.line());
            }
        }
        return new Anchored(new Node.Map(mark, entries), nodes - before, height);
    }

    private @Nullable String key(Node key, Mark mark) {
        if (!(key instanceof Node.Scalar scalar)) {
            problem(mark, "a key is " + key.kind() + " (expected: a text)");
            return null;
        }
        if (!(scalar.value() instanceof Value.Text)) {
            problem(
                    mark,
                    "key "
                            + (scalar.text().isEmpty() ? "\"\"" : scalar.text())
                            + (scalar.value() instanceof Value.Int ? " is an " : " is a ")
                            + scalar.value().kind()
                            + " (expected: a text; put it in quotes)");
        }
        return scalar.text();
    }

    private Node.Scalar scalar(ScalarEvent event, Mark mark) {
        String text = event.getValue();
        Mark end = mark(event.getEndMark());
        List<Node.Place> places = lines.places(text, event.getScalarStyle(), mark, end);
        Value value = Value.of(text);
        String tag = event.getTag().orElse("");
        if (tag.isEmpty() && event.isPlain()) {
            value = plainValue(text, mark);
        }
        refuseTag(event.getTag(), "tag:yaml.org,2002:str", mark);
        return new Node.Scalar(mark, value, text, event.isPlain(), places);
    }

    /** A tag asks for a type; only the one that the node has anyway is known. */
    private void refuseTag(Optional<String> tag, String known, Mark mark) {
        if (tag.isPresent() && !tag.get().equals(known) && !tag.get().equals("!")) {
            problem(
                    mark,
                    "tag " + Messages.shortened(tag.get()) + " is not known (expected: no tag)");
        }
    }

    private Value plainValue(String text, Mark mark) {
        try {
            return CoreSchema.valueOf(text);
        } catch (NumberFormatException e) {
            problem(
                    mark,
                    "number "
                            + Messages.shortened(text)
                            + " (expected: a 64-bit integer or a finite number; in quotes it is a text)");
            return Value.of(text);
        }
    }

    private void problem(Mark mark, String message) {
        if (problems.size() < Messages.MAX_PROBLEMS) {
            problems.add(new Problem(mark, message));
        }
    }

    private static Mark mark(Optional<org.snakeyaml.engine.v2.exceptions.Mark> mark) {
        return mark.map(m -> new Mark(m.getLine() + 1, m.getColumn() + 1)).orElse(Mark.START);
    }
}
