package dev.sluice.tasks.code;

import dev.sluice.model.MediaTypes;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes in what the code made. Everything here was written by a stranger's program: only plain
 * files inside the output folder that have one name are taken, no link is followed, and names,
 * sizes and counts are bounded. To be used when the process tree is gone, so that nothing changes
 * between check and use.
 */
final class Outputs {
    static final int MAX_OUTPUTS = 1_000;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,62}");
    private static final Pattern FILE_NAME = Pattern.compile("[^/\\\\\\p{Cntrl}\\uFFFD]{1,200}");

    private final TaskContext context;
    private final Path out;
    private long bytesLeft;

    Outputs(TaskContext context, Path out) {
        this.context = context;
        this.out = out;
        this.bytesLeft = context.resources().diskBytes();
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Stores the outputs that were declared.
     *
     * @param types the outputs that the flow declares; empty for any
     */
    Map<String, Value> collect(Map<String, Declared> found, Map<String, ValueType> types)
            throws TaskException, InterruptedException {
        Map<String, Value> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, Declared> entry : found.entrySet()) {
            String name = entry.getKey();
            if (!types.isEmpty() && !types.containsKey(name)) {
                context.log(
                        "sluice: output \""
                                + name
                                + "\" is dropped: the task's `outputs:` does not name it");
                continue;
            }
            try {
                outputs.put(name, take(name, entry.getValue()));
            } catch (TaskException e) {
                String message = "output \"" + name + "\": " + e.getMessage();
                throw e.isRetryable()
                        ? TaskException.retryable(message)
                        : TaskException.terminal(message);
            }
        }
        for (Map.Entry<String, ValueType> entry : types.entrySet()) {
            check(entry.getKey(), entry.getValue(), outputs);
        }
        return outputs;
    }

    private void check(String name, ValueType type, Map<String, Value> outputs)
            throws TaskException {
        Value value = outputs.get(name);
        if (value == null) {
            throw TaskException.terminal(
                    "output \""
                            + name
                            + "\" is declared as "
                            + type.word()
                            + " but the code did not make it"
                            + (outputs.isEmpty()
                                    ? ""
                                    : " (it made: " + String.join(", ", outputs.keySet()) + ")"));
        }
        if (!type.accepts(value)) {
            throw TaskException.terminal(
                    "output \""
                            + name
                            + "\" is declared as "
                            + type.word()
                            + " but the code made a "
                            + value.kind());
        }
    }

    private Value take(String name, Declared declared) throws TaskException, InterruptedException {
        return switch (declared) {
            case Declared.Data data -> data.value();
            case Declared.File file -> {
                Path path = plainFile("files", file.path());
                yield file.path().toLowerCase(Locale.ROOT).endsWith(".parquet")
                        ? storeTable(name, path, context.tables().inspect(path))
                        : context.store(path, MediaTypes.of(file.path()), file.path(), null);
            }
            case Declared.Table table -> {
                Path path = plainFile(table.folder(), table.path());
                if (table.path().endsWith(".parquet")) {
                    yield storeTable(name, path, context.tables().inspect(path));
                }
                Path parquet = context.workDir().resolve(name + ".parquet");
                Value.TableInfo info = context.tables().fromNdjson(path, parquet, table.columns());
                yield storeTable(name, parquet, info);
            }
        };
    }

    private Value storeTable(String name, Path parquet, Value.TableInfo info) throws TaskException {
        return context.store(parquet, Value.Artifact.PARQUET, name + ".parquet", info);
    }

    /** A file of the output folder that is what it seems to be. */
    private Path plainFile(String folder, String name) throws TaskException {
        if (!FILE_NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw refused(LineSplitter.printable(name), "its name is not that of a plain file");
        }
        Path file = out.resolve(folder).resolve(name);
        try {
            if (!Files.isDirectory(out.resolve(folder), LinkOption.NOFOLLOW_LINKS)) {
                throw refused(folder + "/", "the folder was replaced by a link");
            }
            Map<String, Object> found =
                    Files.readAttributes(
                            file, "unix:isRegularFile,nlink,size", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
                throw refused(name, "it is no plain file but a link, folder or device");
            }
            if (!Integer.valueOf(1).equals(found.get("nlink"))) {
                throw refused(name, "the file has a second name (a hard link)");
            }
            bytesLeft -= found.get("size") instanceof Long size ? size : 0;
        } catch (NoSuchFileException e) {
            throw TaskException.terminal(
                    "the code asked for the file " + name + " but wrote nothing there");
        } catch (IOException e) {
            throw refused(name, "it cannot be read (" + e.getMessage() + ")");
        }
        if (bytesLeft < 0) {
            throw TaskException.terminal(
                    "the outputs are larger than resources.disk, "
                            + context.resources().diskBytes()
                            + " bytes; raise it");
        }
        return file;
    }

    private static TaskException refused(String file, String why) {
        return TaskException.terminal(file + " is refused: " + why);
    }

    /** What the code says it made. */
    sealed interface Declared {
        record Data(Value value) implements Declared {}

        record File(String path) implements Declared {}

        /**
         * @param folder {@code tables}, or {@code files} for scripts that have no helper
         * @param columns null to infer them
         */
        record Table(
                String folder,
                String path,
                @org.jspecify.annotations.Nullable List<Value.Column> columns)
                implements Declared {}
    }
}
