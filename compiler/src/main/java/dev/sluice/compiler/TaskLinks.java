package dev.sluice.compiler;

import static dev.sluice.model.text.Messages.instead;
import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.compiler.CompiledFlow.EdgeKind;
import dev.sluice.compiler.TaskIndex.Entry;
import dev.sluice.compiler.TaskIndex.Group;
import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.model.Flow;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskType.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The edges of a task that its {@code needs} and the table names in it make. What a group needs is
 * needed by each task inside it, and who needs a group needs each task inside it: the group itself
 * is nothing that begins or ends.
 */
final class TaskLinks {
    private final Leaf leaf;
    private final Shape shape;
    private final References references;
    private final TaskEdges edges;
    private final Context context;

    TaskLinks(Leaf leaf, Shape shape, References references, TaskEdges edges, Context context) {
        this.leaf = leaf;
        this.shape = shape;
        this.references = references;
        this.edges = edges;
        this.context = context;
    }

    void find() {
        leaf.task().needs().forEach(need -> need(need, leaf.group()));
        for (Group group = leaf.group(); group.parent() != null; group = group.parent()) {
            Group around = group.parent();
            if (group.task() != null) {
                group.task().needs().forEach(need -> need(need, around));
            }
        }
        shape.tables().stream().sorted().forEach(this::table);
    }

    private void need(Flow.Need need, Group from) {
        Entry entry = walk(from, need.name().split("\\.", -1));
        switch (entry) {
            case null ->
                    context.problem(
                            need.mark(),
                            "needs unknown task "
                                    + quoted(need.name())
                                    + context.hint(() -> instead(need.name(), others(from))));
            case Leaf found when found.index() == leaf.index() ->
                    context.problem(need.mark(), "the task needs itself");
            case Leaf found -> edges.add(found, EdgeKind.NEEDS, "", need.name(), need.mark());
            case Group group -> groupNeed(need, group);
        }
    }

    private void groupNeed(Flow.Need need, Group group) {
        for (Leaf inner : group.leaves()) {
            if (inner.index() == leaf.index()) {
                context.problem(
                        need.mark(),
                        "the task needs itself: it stands in group " + quoted(need.name()));
                return;
            }
        }
        int prefix = group.path().length() + 1;
        for (Leaf inner : group.leaves()) {
            String below = inner.task().path().substring(prefix).replace('/', '.');
            edges.add(inner, EdgeKind.NEEDS, "", need.name() + "." + below, need.mark());
        }
    }

    private static @Nullable Entry walk(Group from, String[] names) {
        Entry entry = TaskIndex.find(from, names[0]);
        for (int i = 1; i < names.length && entry != null; i++) {
            entry = entry instanceof Group group ? group.entries().get(names[i]) : null;
        }
        return entry;
    }

    /** What may stand in needs, group children of other groups included. */
    private static Set<String> names(Group from) {
        Set<String> names = new TreeSet<>(TaskIndex.names(from));
        for (Group group = from; group != null; group = group.parent()) {
            for (Entry entry : group.entries().values()) {
                if (entry instanceof Group inner && inner.task() != null) {
                    String prefix = inner.task().id() + ".";
                    inner.entries().keySet().forEach(id -> names.add(prefix + id));
                }
            }
        }
        return names;
    }

    /** The names but the task's own. */
    private Set<String> others(Group from) {
        Set<String> others = new TreeSet<>(names(from));
        others.remove(leaf.task().id());
        return others;
    }

    private Set<String> tables() {
        Set<String> tables = others(leaf.group());
        tables.addAll(leaf.task().inputs().keySet());
        return tables;
    }

    private void table(String table) {
        String[] names = table.toLowerCase(Locale.ROOT).split("\\.", -1);
        for (String input : leaf.task().inputs().keySet()) {
            if (input.equalsIgnoreCase(table) || input.equalsIgnoreCase(names[0])) {
                return;
            }
        }
        Entry entry = TaskIndex.find(leaf.group(), names[0]);
        List<String> path = new ArrayList<>(List.of(names[0]));
        int at = 1;
        while (entry instanceof Group group && at < names.length) {
            entry = group.entries().get(names[at]);
            path.add(names[at++]);
        }
        if (!(entry instanceof Leaf found) || names.length - at > 1) {
            context.problem(
                    place(table),
                    "unknown table "
                            + quoted(table)
                            + context.hint(() -> instead(table, tables())));
            return;
        }
        String output = at < names.length ? names[at] : "";
        if (found.index() == leaf.index()) {
            context.problem(place(table), "the task reads its own table " + quoted(table));
        } else if (output.isEmpty()) {
            defaultTable(found, table, String.join(".", path));
        } else {
            output(found, output, table, String.join(".", path));
        }
    }

    private void output(Leaf from, String output, String table, String name) {
        Shape known = references.shape(from);
        String exact =
                known.outputs().keySet().stream()
                        .filter(output::equalsIgnoreCase)
                        .findFirst()
                        .orElse(known.open() ? output : null);
        if (exact == null) {
            context.problem(
                    place(table),
                    "task "
                            + quoted(name)
                            + " has no output "
                            + quoted(output)
                            + instead(output, new TreeSet<>(known.outputs().keySet())));
            return;
        }
        ValueType type = known.outputs().getOrDefault(exact, ValueType.ANY);
        if (!isData(type)) {
            context.problem(
                    place(table),
                    quoted(table) + " is " + References.article(type) + " (expected: a table)");
            return;
        }
        edges.add(from, EdgeKind.TABLE, exact, name, place(table));
    }

    private void defaultTable(Leaf from, String table, String name) {
        Shape known = references.shape(from);
        Set<String> tables = new TreeSet<>();
        Set<String> data = new TreeSet<>();
        known.outputs()
                .forEach((output, type) -> {
                    if (type == ValueType.TABLE) {
                        tables.add(output);
                    }
                    if (isData(type)) {
                        data.add(output);
                    }
                });
        boolean clear =
                data.contains(Shape.DEFAULT_OUTPUT) || tables.size() == 1 || data.size() == 1;
        if (known.open() || clear) {
            edges.add(from, EdgeKind.TABLE, "", name, place(table));
        } else if (data.isEmpty()) {
            context.problem(place(table), "task " + quoted(name) + " makes no table");
        } else {
            context.problem(
                    place(table),
                    "task "
                            + quoted(name)
                            + " makes several tables (expected: one of "
                            + name
                            + "."
                            + String.join(", " + name + ".", data)
                            + ")");
        }
    }

    private static boolean isData(ValueType type) {
        return switch (type) {
            case TABLE, FILE, ANY -> true;
            case STRING, INTEGER, NUMBER, BOOLEAN, LIST, MAP -> false;
        };
    }

    /** Where the name stands in the task's own keys. */
    private Mark place(String table) {
        Pattern word =
                Pattern.compile(
                        "(?<![\\w.])" + Pattern.quote(table) + "(?!\\w)", Pattern.CASE_INSENSITIVE);
        for (Node.Entry entry : leaf.task().config().entries()) {
            if (entry.value() instanceof Node.Scalar s) {
                Matcher found = word.matcher(s.text());
                if (found.find()) {
                    return s.markAt(found.start());
                }
            }
        }
        return leaf.task().mark();
    }
}
