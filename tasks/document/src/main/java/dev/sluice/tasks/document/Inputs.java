package dev.sluice.tasks.document;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a report is made from: the values, tables and files on the task's edges. One thread. */
final class Inputs {
    /** More rows than this are neither drawn nor listed: a document is not a database. */
    static final int ROWS_MAX = 5000;

    private static final long IMAGE_BYTES_MAX = 8 << 20;

    private static final Set<String> IMAGES =
            Set.of("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml");

    private final TaskContext context;
    private final Map<String, Table> read = new HashMap<>();

    Inputs(TaskContext context) {
        this.context = context;
    }

    /** The rows of a table, at most {@link #ROWS_MAX}; null if no input table has this name. */
    @Nullable Table find(String name) throws TaskException, InterruptedException {
        if (!(context.inputs().get(name) instanceof Value.Artifact artifact)
                || artifact.table() == null) {
            return null;
        }
        Table known = read.get(name);
        if (known == null) {
            known = read(name, artifact, artifact.table());
            read.put(name, known);
        }
        return known;
    }

    private Table read(String name, Value.Artifact artifact, Value.TableInfo info)
            throws TaskException, InterruptedException {
        List<Map<String, Value>> rows = new ArrayList<>();
        for (Value row : context.tables().preview(context.path(artifact), ROWS_MAX)) {
            if (row instanceof Value.MapOf map) {
                rows.add(map.entries());
            }
        }
        return new Table(name, info.columns(), rows, info.rows());
    }

    /** The table, or a failure that names those there are. */
    Table table(String name, String where) throws TaskException, InterruptedException {
        Table table = find(name);
        if (table == null) {
            List<String> names = tableNames();
            throw TaskException.terminal(
                    where
                            + ": no input table is called \""
                            + name
                            + "\" (expected "
                            + (names.isEmpty()
                                    ? "one in needs: or inputs:; there is none"
                                    : "one of: " + String.join(", ", names))
                            + ")");
        }
        return table;
    }

    /** Names of tables, each table once, the shortest of its names. */
    List<String> tableNames() {
        return artifactNames(true);
    }

    /** Names of files that are no tables, each once. */
    List<String> fileNames() {
        return artifactNames(false);
    }

    private List<String> artifactNames(boolean isTable) {
        return shortestNames(v -> v instanceof Value.Artifact a && a.isTable() == isTable);
    }

    /**
     * The names of the inputs of a kind, each input once: {@code clean} and {@code clean.table} are
     * one, and inside the group {@code data} so are {@code data.clean} and {@code
     * data.clean.table}.
     */
    private List<String> shortestNames(Predicate<Value> kind) {
        List<String> kept = new ArrayList<>();
        Map<String, Value> all = context.inputs();
        for (Map.Entry<String, Value> entry : all.entrySet()) {
            String name = entry.getKey();
            boolean isLonger =
                    all.entrySet().stream()
                            .anyMatch(other ->
                                    !other.getKey().equals(name)
                                            && dotted(name).contains(dotted(other.getKey()))
                                            && other.getValue().equals(entry.getValue()));
            if (kind.test(entry.getValue()) && !isLonger) {
                kept.add(name);
            }
        }
        return kept;
    }

    private static String dotted(String name) {
        return "." + name + ".";
    }

    boolean has(String name) {
        return context.inputs().containsKey(name);
    }

    /** Whether an input's name begins like this. */
    boolean isPrefix(String start) {
        return context.inputs().keySet().stream().anyMatch(n -> n.startsWith(start));
    }

    /** Every input that is no artifact, under each of its names. */
    Map<String, Value> values() {
        Map<String, Value> values = new LinkedHashMap<>(context.inputs());
        values.values().removeIf(v -> v instanceof Value.Artifact);
        return values;
    }

    /** Names of the inputs that are no artifacts, each once. */
    List<String> valueNames() {
        return shortestNames(v -> !(v instanceof Value.Artifact));
    }

    Value.Artifact file(String name) {
        return (Value.Artifact) context.inputs().getOrDefault(name, Value.Null.NULL);
    }

    boolean isImage(String name) {
        return context.inputs().get(name) instanceof Value.Artifact a
                && IMAGES.contains(a.mediaType())
                && a.bytes() <= IMAGE_BYTES_MAX;
    }

    /** A picture with its bytes inside. */
    Html image(String name) throws TaskException {
        if (!(context.inputs().get(name) instanceof Value.Artifact artifact) || !isImage(name)) {
            throw TaskException.terminal(
                    "template: no input picture is called \""
                            + name
                            + "\" (expected: a PNG, JPEG, GIF, WebP or SVG file of at most 8 MiB)");
        }
        try {
            String data =
                    Base64.getEncoder().encodeToString(Files.readAllBytes(context.path(artifact)));
            return new Html(
                    "<img class=\"sl-image\" alt=\""
                            + Html.escape(name)
                            + "\" src=\"data:"
                            + artifact.mediaType()
                            + ";base64,"
                            + data
                            + "\">\n");
        } catch (IOException e) {
            throw TaskException.retryable("image \"" + name + "\" cannot be read: " + e);
        }
    }
}
