package dev.sluice.model.text;

import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.model.Flow;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.OnItemFailure;
import dev.sluice.model.Problem;
import dev.sluice.model.Resources;
import dev.sluice.model.RetryPolicy;
import dev.sluice.model.RunIf;
import dev.sluice.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads tasks: the keys every task has; what is left belongs to its type. */
final class TaskReader {
    private static final int MAX_NESTING = 10;
    private static final int MAX_CONCURRENCY = 10_000;
    private static final List<String> GROUP_KEYS =
            List.of("type", "title", "description", "labels", "needs", "when", "tasks");
    private static final Duration MAX_DELAY = Duration.ofDays(1);

    /** The type of a task whose type cannot be made out; said already. */
    static final String NO_TYPE = "";

    private final List<Problem> problems;

    TaskReader(List<Problem> problems) {
        this.problems = problems;
    }

    /**
     * The tasks under a key.
     *
     * @param prefix of their paths, with its slash
     * @param nesting groups around them
     */
    List<Flow.Task> tasks(Fields owner, String key, String prefix, int nesting) {
        Node.Entry place = owner.left().get(key);
        if (place != null && nesting > MAX_NESTING) {
            owner.problem(
                    place.mark(),
                    owner.subject() + ": groups inside groups beyond " + MAX_NESTING + " levels");
            owner.left().remove(key);
            return List.of();
        }
        List<Flow.Task> tasks = new ArrayList<>();
        for (Node.Entry entry : owner.entries(key)) {
            String fault = Names.taskIdFault(entry.key());
            if (fault != null) {
                owner.problem(entry.mark(), "task id " + quoted(entry.key()) + fault);
            }
            tasks.add(task(entry, prefix, nesting));
        }
        return tasks;
    }

    private Flow.Task task(Node.Entry entry, String prefix, int nesting) {
        String id = entry.key();
        String subject = "task " + quoted(prefix + id);
        Node.Map map;
        if (entry.value() instanceof Node.Map m) {
            map = m;
        } else {
            problems.add(
                    new Problem(
                            entry.value().mark(),
                            subject
                                    + " is "
                                    + Fields.shown(entry.value())
                                    + " (expected: a map with the key type)"));
            map = new Node.Map(entry.mark(), List.of());
        }
        Fields keys = Fields.of(map, subject, problems);
        Node typeNode = map.find("type");
        if (typeNode == null && entry.value() instanceof Node.Map) {
            keys.problem(entry.mark(), subject + ": key \"type\" is missing");
        }
        String type = keys.text("type");
        boolean isGroup = "group".equals(type);
        List<Flow.Task> inner =
                isGroup ? tasks(keys, "tasks", prefix + id + "/", nesting + 1) : List.of();
        if (isGroup) {
            checkGroup(keys, entry.mark(), inner);
        }
        String title = keys.text("title");
        String description = keys.text("description");
        return new Flow.Task(
                entry.mark(),
                id,
                prefix + id,
                type == null ? NO_TYPE : type,
                typeNode == null ? entry.mark() : typeNode.mark(),
                title == null ? id : title,
                description == null ? "" : description,
                needs(keys),
                keys.nodes("inputs"),
                keys.take("when"),
                keys.choice("run_if", RunIf.class, RunIf.SUCCESS),
                keys.flag("continue_on_error"),
                retry(keys),
                keys.duration("timeout"),
                keys.flag("cache"),
                keys.take("foreach"),
                keys.count("concurrency", 1, MAX_CONCURRENCY),
                keys.choice("on_item_failure", OnItemFailure.class, OnItemFailure.STOP),
                keys.text("at"),
                resources(keys),
                keys.text("sandbox"),
                keys.labels(),
                new Node.Map(map.mark(), List.copyOf(keys.left().values())),
                inner,
                marks(map));
    }

    private static Map<String, Mark> marks(Node.Map map) {
        Map<String, Mark> marks = new HashMap<>();
        map.entries().forEach(e -> marks.put(e.key(), e.mark()));
        return marks;
    }

    private static void checkGroup(Fields keys, Mark mark, List<Flow.Task> inner) {
        if (inner.isEmpty()) {
            keys.problem(mark, keys.subject() + ": the group has no tasks");
        }
        for (Node.Entry entry : keys.map().entries()) {
            if (!GROUP_KEYS.contains(entry.key())) {
                keys.problem(
                        entry.mark(),
                        keys.subject()
                                + ": key "
                                + quoted(entry.key())
                                + " is not for a group (expected: "
                                + Messages.either(GROUP_KEYS)
                                + "); write it at the tasks inside");
                keys.left().remove(entry.key());
            }
        }
    }

    private static List<Flow.Need> needs(Fields keys) {
        Node node = keys.take("needs");
        return switch (node) {
            case null -> List.of();
            case Node.Scalar s when s.value() instanceof Value.Text ->
                    List.of(new Flow.Need(s.mark(), s.text()));
            case Node.Seq seq -> {
                List<Flow.Need> needs = new ArrayList<>();
                for (Node item : seq.items()) {
                    if (item instanceof Node.Scalar s && s.value() instanceof Value.Text) {
                        needs.add(new Flow.Need(s.mark(), s.text()));
                    } else {
                        keys.mismatch("an item of needs", item, "a task's id");
                    }
                }
                yield needs;
            }
            case Node other -> {
                keys.mismatch("needs", other, "a list of task ids");
                yield List.of();
            }
        };
    }

    private RetryPolicy retry(Fields keys) {
        @Nullable Node node = keys.map().find("retry");
        if (!(node instanceof Node.Map map)) {
            Integer attempts = keys.count("retry", 1, 100);
            return attempts == null
                    ? RetryPolicy.NONE
                    : new RetryPolicy(attempts, Duration.ofSeconds(1), true, MAX_DELAY);
        }
        keys.take("retry");
        Fields retry = Fields.of(map, keys.subject() + ": retry", problems);
        Integer attempts = retry.count("attempts", 1, 100);
        Duration delay = delay(retry, "delay", Duration.ofSeconds(1));
        Backoff backoff = retry.choice("backoff", Backoff.class, Backoff.EXPONENTIAL);
        Duration maxDelay = delay(retry, "max_delay", MAX_DELAY);
        retry.refuseOthers(List.of("attempts", "delay", "backoff", "max_delay"));
        return new RetryPolicy(
                attempts == null ? 3 : attempts, delay, backoff == Backoff.EXPONENTIAL, maxDelay);
    }

    private enum Backoff {
        EXPONENTIAL,
        FIXED
    }

    private static Duration delay(Fields retry, String key, Duration otherwise) {
        @Nullable Node node = retry.map().find(key);
        Duration delay = retry.duration(key);
        if (delay == null) {
            return otherwise;
        }
        if (node != null && delay.compareTo(MAX_DELAY) > 0) {
            retry.mismatch(key, node, "at most 24h");
            return MAX_DELAY;
        }
        return delay;
    }

    private Resources resources(Fields keys) {
        Node node = keys.take("resources");
        Resources usual = Resources.DEFAULT;
        if (node == null) {
            return usual;
        }
        if (!(node instanceof Node.Map map)) {
            keys.mismatch("resources", node, "a map such as {cpu: 1, memory: 1Gi}");
            return usual;
        }
        Fields given = Fields.of(map, keys.subject() + ": resources", problems);
        double cpus = given.number("cpu", usual.cpus(), 0.1, 1024);
        long memory = given.bytes("memory", usual.memoryBytes());
        long disk = given.bytes("disk", usual.diskBytes());
        Integer gpus = given.count("gpu", 0, 1024);
        given.refuseOthers(List.of("cpu", "memory", "disk", "gpu"));
        return new Resources(cpus, memory, disk, gpus == null ? usual.gpus() : gpus);
    }
}
