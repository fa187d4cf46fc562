package dev.sluice.tasks.code;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The folders of one attempt, and what is put there before the code starts:
 *
 * <pre>
 * code/            read-only: manifest.json, the helpers, and the script under its own name in script/
 * in/              read-only: tables as NAME.ndjson and NAME.parquet, files as NAME.EXT
 * out/             written by the code: declared.jsonl, values, tables/, files/
 * tmp/             the current folder, HOME and TMPDIR
 * </pre>
 *
 * The code cannot replace {@code out} itself: what it may write lies inside it.
 */
final class Workspace {
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_.-]");
    private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z0-9]{1,10}$");

    final Path code;
    final Path in;
    final Path out;
    final Path tmp;
    private final TaskContext context;
    private final Set<Path> artifacts = new LinkedHashSet<>();
    private final Map<String, String> inputVariables = new TreeMap<>();

    Workspace(TaskContext context) throws TaskException {
        this.context = context;
        Path root = context.workDir();
        code = root.resolve("code");
        in = root.resolve("in");
        out = root.resolve("out");
        tmp = root.resolve("tmp");
        try {
            for (Path folder :
                    List.of(code, in, out.resolve("tables"), out.resolve("files"), tmp)) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Puts the script and its helpers in place; answers the script's file. */
    Path installCode(Map<String, String> helpers, String scriptName, String script)
            throws TaskException {
        try {
            for (Map.Entry<String, String> helper : helpers.entrySet()) {
                Path file = code.resolve(helper.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, helper.getValue());
            }
            // A folder of its own: a task called `json` must not hide the module of that name.
            Path folder = Files.createDirectories(code.resolve("script"));
            return Files.writeString(folder.resolve(scriptName), script);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Makes every input readable for code without a Parquet reader, and writes the manifest. */
    Path stageInputs() throws TaskException, InterruptedException {
        Map<String, Object> inputs = new LinkedHashMap<>();
        Map<String, Path> converted = new LinkedHashMap<>();
        for (Map.Entry<String, Value> input : context.inputs().entrySet()) {
            inputs.put(input.getKey(), stage(input.getKey(), input.getValue(), converted));
        }
        Map<String, @Nullable Object> manifest = new LinkedHashMap<>();
        manifest.put("run", context.run().toString());
        manifest.put("task", context.task());
        manifest.put("attempt", (long) context.attempt());
        manifest.put("index", context.item() < 0 ? null : (long) context.item());
        Value item = context.itemValue();
        manifest.put("item", item == null ? null : readable(item));
        manifest.put("idempotency_key", context.idempotencyKey());
        manifest.put("inputs", inputs);
        Path file = code.resolve("manifest.json");
        try {
            Files.writeString(file, Json.write(manifest));
        } catch (IOException e) {
            throw cannotWrite(e);
        }
        return file;
    }

    /** Everything the code may read beside the interpreter. */
    List<Path> readOnly() {
        List<Path> paths = new ArrayList<>(List.of(code, in));
        paths.addAll(artifacts);
        return paths;
    }

    /** {@code SLUICE_INPUT_NAME} for every input that is one text, number or truth value. */
    Map<String, String> inputVariables() {
        return inputVariables;
    }

    private Object stage(String name, Value value, Map<String, Path> converted)
            throws TaskException, InterruptedException {
        if (!(value instanceof Value.Artifact artifact)) {
            String text = scalarText(value);
            if (text != null) {
                inputVariables.put(variable(name), text);
            }
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("kind", "value");
            entry.put("value", readable(value));
            return entry;
        }
        Path bytes = grant(artifact);
        Value.TableInfo table = artifact.table();
        if (table == null) {
            Path link = link(name, extension(artifact.name()), bytes);
            inputVariables.put(variable(name), link.toString());
            return Map.of(
                    "kind",
                    "file",
                    "path",
                    link.toString(),
                    "mediaType",
                    artifact.mediaType(),
                    "bytes",
                    artifact.bytes());
        }
        // A task's default table arrives under two names: it is converted once.
        Path ndjson = converted.get(artifact.digest().hex());
        if (ndjson == null) {
            ndjson = fresh(name, ".ndjson");
            context.tables().toNdjson(bytes, ndjson);
            converted.put(artifact.digest().hex(), ndjson);
        } else {
            link(name, ".ndjson", ndjson);
        }
        inputVariables.put(variable(name), ndjson.toString());
        return Map.of(
                "kind",
                "table",
                "ndjson",
                ndjson.toString(),
                "parquet",
                link(name, ".parquet", bytes).toString(),
                "rows",
                table.rows(),
                "columns",
                table.columns().stream().map(c -> List.of(c.name(), c.type())).toList());
    }

    /** A value as JSON data; artifacts inside it tell where their bytes are. */
    private @Nullable Object readable(Value value) throws TaskException {
        return switch (value) {
            case Value.Null _, Value.Bool _, Value.Int _, Value.Dec _, Value.Text _ ->
                    value.toJava();
            case Value.ListOf list -> {
                List<@Nullable Object> items = new ArrayList<>(list.items().size());
                for (Value item : list.items()) {
                    items.add(readable(item));
                }
                yield items;
            }
            case Value.MapOf map -> {
                Map<String, @Nullable Object> entries = new LinkedHashMap<>();
                for (Map.Entry<String, Value> entry : map.entries().entrySet()) {
                    entries.put(entry.getKey(), readable(entry.getValue()));
                }
                yield entries;
            }
            case Value.Artifact artifact -> {
                Map<String, @Nullable Object> entries = new LinkedHashMap<>();
                if (artifact.toJava() instanceof Map<?, ?> known) {
                    known.forEach((key, part) -> entries.put(String.valueOf(key), part));
                }
                entries.put("path", grant(artifact).toString());
                yield entries;
            }
        };
    }

    private Path grant(Value.Artifact artifact) throws TaskException {
        Path bytes = context.path(artifact);
        artifacts.add(bytes);
        return bytes;
    }

    private Path link(String input, String extension, Path target) throws TaskException {
        try {
            return Files.createSymbolicLink(fresh(input, extension), target);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /**
     * A name in the input folder that nothing has yet. Writing to one that is there could go
     * through a link into the artifact store.
     */
    private Path fresh(String input, String extension) throws TaskException {
        String name = UNSAFE.matcher(input).replaceAll("_") + extension;
        Path path = in.resolve(name.startsWith(".") ? "_" + name : name);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw TaskException.terminal(
                    "input \""
                            + input
                            + "\": another input is already there as the file "
                            + path.getFileName()
                            + "; rename one of them");
        }
        return path;
    }

    private static @Nullable String scalarText(Value value) {
        return switch (value) {
            case Value.Text t -> t.value();
            case Value.Bool b -> String.valueOf(b.value());
            case Value.Int i -> String.valueOf(i.value());
            case Value.Dec d -> String.valueOf(d.value());
            case Value.Null _, Value.ListOf _, Value.MapOf _, Value.Artifact _ -> null;
        };
    }

    private static String variable(String inputName) {
        return "SLUICE_INPUT_"
                + inputName.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(java.util.Locale.ROOT);
    }

    private static String extension(String fileName) {
        var found = EXTENSION.matcher(fileName);
        return found.find() ? found.group() : "";
    }

    private TaskException cannotWrite(IOException e) {
        return TaskException.retryable(
                "task \""
                        + context.task()
                        + "\": its working folder cannot be written: "
                        + e
                        + "; see whether the data directory's disk is full");
    }
}
