package dev.sluice.tasks.table;

import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** Tables for tests: made by SQL, and shown as one text a row. */
final class Made {
    private Made() {}

    static Value.Artifact table(Path root, String query) throws Exception {
        FakeTaskContext context = new FakeTaskContext(root).with("query", query);
        return (Value.Artifact) outputs(new SqlTask(new SqlParser()).run(context)).get("table");
    }

    static Map<String, Value> outputs(Outcome outcome) {
        return ((Outcome.Succeeded) outcome).outputs();
    }

    static List<String> rows(Path root, Value table) throws Exception {
        FakeTaskContext context = new FakeTaskContext(root);
        Path copy = root.resolve("shown.parquet");
        Files.copy(context.path((Value.Artifact) table), copy, StandardCopyOption.REPLACE_EXISTING);
        return new DuckTables().preview(copy, 50).stream().map(v -> v.toJava().toString()).toList();
    }
}
