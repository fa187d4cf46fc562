package dev.sluice.tasks.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.testkit.FakeTaskContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** One task type on one temporary folder, ready to be given inputs and run. */
final class Bench {
    final FakeTaskContext context;
    final PlainProcesses sandbox;
    private final Path root;
    private final TaskType type;

    Bench(Path root, String type) {
        this.root = root;
        this.sandbox = new PlainProcesses(root);
        this.context = new FakeTaskContext(root).sandbox(sandbox).tables(new TextTables());
        this.type = type(type, Bench::find);
    }

    static TaskType type(String name, InterpreterLookup lookup) {
        return CodeTasks.types(lookup).stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The interpreter of that name, or a test that is skipped and says why. */
    static Interpreter find(String name) {
        String given = System.getenv("SLUICE_TEST_" + name.toUpperCase(java.util.Locale.ROOT));
        if (given != null) {
            return new Interpreter(Path.of(given), "test", List.of());
        }
        for (String folder : List.of("/usr/bin", "/bin", "/usr/local/bin")) {
            Path path = Path.of(folder, name);
            if (Files.isExecutable(path)) {
                return new Interpreter(path, "test", List.of());
            }
        }
        System.err.println("SKIPPED: this machine has no " + name);
        return Assumptions.abort("no " + name + " on this machine");
    }

    Bench script(String script) {
        context.with("script", script);
        return this;
    }

    Bench declares(Map<String, String> outputs) {
        context.with("outputs", Value.ofJava(outputs));
        return this;
    }

    Bench table(String name, List<Value.Column> columns, String... rows) {
        try {
            Path ndjson = Files.write(root.resolve(name + ".ndjson"), List.of(rows));
            Path parquet = root.resolve(name + ".parquet");
            Value.TableInfo info = new TextTables().fromNdjson(ndjson, parquet, columns);
            context.input(
                    name, context.store(parquet, Value.Artifact.PARQUET, name + ".parquet", info));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Bench file(String name, String fileName, String content) {
        Path file = context.flowFile(fileName, content);
        context.input(name, context.store(file, "text/plain", fileName, null));
        return this;
    }

    Map<String, Value> run() throws Exception {
        return ((Outcome.Succeeded) type.run(context)).outputs();
    }

    TaskException fails() {
        TaskException e = catchThrowableOfType(TaskException.class, () -> type.run(context));
        assertThat(e).as("the failure").isNotNull();
        return e;
    }

    List<String> rows(Value table) throws TaskException {
        return TextTables.rows(context.path((Value.Artifact) table));
    }

    String text(Value file) throws Exception {
        return Files.readString(context.path((Value.Artifact) file));
    }
}
