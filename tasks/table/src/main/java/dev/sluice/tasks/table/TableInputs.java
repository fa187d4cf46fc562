package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An attempt's inputs as SQL sees them: tables as views, other values as variables. */
final class TableInputs {
    private TableInputs() {}

    /** A session in which every input stands under its name. */
    static DuckSession open(TaskContext context) throws TaskException, InterruptedException {
        return open(context, List.of());
    }

    /**
     * @param also tables that may be read beside the inputs, without a name
     */
    static DuckSession open(TaskContext context, List<Value.Artifact> also)
            throws TaskException, InterruptedException {
        Map<String, Path> tables = new LinkedHashMap<>();
        Map<String, Value> values = new TreeMap<>();
        for (var input : context.inputs().entrySet()) {
            if (input.getValue() instanceof Value.Artifact a) {
                if (a.isTable()) {
                    tables.put(input.getKey(), context.path(a).toAbsolutePath());
                }
            } else {
                values.put(input.getKey(), input.getValue());
            }
        }
        Set<Path> readable = new LinkedHashSet<>(tables.values());
        for (Value.Artifact table : also) {
            readable.add(context.path(table).toAbsolutePath());
        }
        DuckSession session = DuckSession.open(context, readable);
        try {
            session.execute("inputs", statements(tables, values));
            return session;
        } catch (TaskException | InterruptedException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** A table's name as SQL writes it. */
    static String quoted(String name) {
        return String.join(".", Stream.of(name.split("\\.", 3)).map(Sql::name).toList());
    }

    /**
     * {@code a} is a view, {@code a.b} a view in a schema, {@code a.b.c} one in a schema of a
     * database {@code a}, where then every {@code a.b} is too.
     */
    private static String statements(Map<String, Path> tables, Map<String, Value> values)
            throws TaskException {
        Set<String> databases = new LinkedHashSet<>();
        for (String name : tables.keySet()) {
            String[] path = name.split("\\.", 3);
            if (path.length == 3) {
                databases.add(path[0]);
            }
        }
        Set<String> places = new LinkedHashSet<>();
        databases.forEach(name -> places.add("ATTACH ':memory:' AS " + Sql.name(name)));
        List<String> views = new ArrayList<>();
        tables.forEach((name, file) -> {
            String[] path = name.split("\\.", 3);
            String view = Sql.name(path[path.length - 1]);
            if (path.length == 2 && databases.contains(path[0])) {
                view = Sql.name(path[0]) + ".main." + view;
            } else if (path.length > 1) {
                String schema =
                        path.length == 2
                                ? Sql.name(path[0])
                                : Sql.name(path[0]) + "." + Sql.name(path[1]);
                places.add("CREATE SCHEMA IF NOT EXISTS " + schema);
                view = schema + "." + view;
            }
            views.add(
                    "CREATE OR REPLACE VIEW "
                            + view
                            + " AS FROM read_parquet("
                            + Sql.file(file)
                            + ")");
        });
        List<String> all = new ArrayList<>(places);
        all.addAll(views);
        for (var value : values.entrySet()) {
            if (value.getValue().artifacts().isEmpty()) {
                all.add(
                        "SET VARIABLE "
                                + Sql.name(value.getKey())
                                + " = "
                                + Sql.literal(value.getValue()));
            }
        }
        all.add("SELECT 1");
        return String.join(";\n", all);
    }
}
