package dev.sluice.tasks.table;

import dev.sluice.model.MediaTypes;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code table.write}: a table becomes a file in the flow's folder, whole or not at all: it is
 * written beside its place under another name and renamed.
 *
 * <p>{@code append} makes a new file of the old one and the new rows. An attempt that is repeated
 * after it had already renamed appends twice.
 */
final class TableWriteTask implements TaskType {
    private static final List<String> FORMATS = List.of("csv", "json", "ndjson", "parquet", "xlsx");
    private static final Map<String, ValueType> OUTPUTS =
            Map.of(
                    Shape.DEFAULT_OUTPUT,
                    ValueType.FILE,
                    "file",
                    ValueType.FILE,
                    "rows",
                    ValueType.INTEGER);

    @Override
    public String name() {
        return "table.write";
    }

    @Override
    public String summary() {
        return "Writes a table to a CSV, JSON, Parquet or XLSX file.";
    }

    @Override
    public List<Key> keys() {
        return List.of(
                Key.required(
                        "to",
                        KeyType.STRING,
                        Expressions.INLINE,
                        "The file, relative to the flow's folder."),
                TableChoice.KEY,
                Key.choice("format", FORMATS, "Without it the ending of the file's name decides."),
                Key.choice(
                        "mode",
                        List.of("replace", "create", "append"),
                        "replace (default) what is there; create fails if something is; append adds"
                                + " rows to a CSV or NDJSON file."));
    }

    /** Its effect is outside: an equal task has not written what a user has since removed. */
    @Override
    public boolean repeatable() {
        return false;
    }

    @Override
    public boolean heavy() {
        return true;
    }

    @Override
    public Shape shape(Node.Map config) {
        return new Shape(OUTPUTS, false, TableChoice.names(config), List.of());
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        String to =
                context.config().get("to") instanceof Value.Text text
                        ? text.value()
                        : String.valueOf(context.config().get("to"));
        Path target = context.file(to).toAbsolutePath();
        String format = format(to, context.config().get("format"));
        String mode = context.config().get("mode") instanceof Value.Text m ? m.value() : "replace";
        check(to, target, format, mode);
        TableChoice choice = TableChoice.of(context);
        Path made = context.workDir().resolve("made." + format);
        try {
            boolean append = mode.equals("append") && Files.exists(target);
            TableFile.write(context, choice, format, made, append ? target : null, to);
            publish(made, target, mode.equals("create"), to);
        } catch (AccessDeniedException e) {
            throw TaskException.terminal("to: \"" + to + "\" may not be written");
        } catch (FileSystemException e) {
            throw TaskException.retryable("to: \"" + to + "\": " + e.getReason());
        } catch (IOException e) {
            throw TaskException.retryable("to: \"" + to + "\": " + e.getMessage());
        }
        long rows = rows(choice);
        Value file =
                context.store(
                        made,
                        MediaTypes.of("." + format),
                        target.getFileName().toString(),
                        format.equals("parquet") ? choice.table().table() : null);
        context.log("wrote " + rows + " rows to " + to);
        return new Outcome.Succeeded(
                Map.of(Shape.DEFAULT_OUTPUT, file, "file", file, "rows", Value.of(rows)));
    }

    private static long rows(TableChoice choice) {
        Value.TableInfo info = choice.table().table();
        return info == null ? 0 : info.rows();
    }

    private static String format(String to, @Nullable Value given) throws TaskException {
        if (given instanceof Value.Text text) {
            return text.value();
        }
        String ending = to.substring(to.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String format = ending.equals("jsonl") ? "ndjson" : ending;
        if (!FORMATS.contains(format)) {
            throw TaskException.terminal(
                    "to: \""
                            + to
                            + "\" does not tell a format (expected an ending of: "
                            + String.join(", ", FORMATS)
                            + "; or add format:)");
        }
        return format;
    }

    private static void check(String to, Path target, String format, String mode)
            throws TaskException {
        if (Files.isDirectory(target)) {
            throw TaskException.terminal("to: \"" + to + "\" is a folder (expected: a file)");
        }
        if (mode.equals("create") && Files.exists(target)) {
            throw taken(to);
        }
        if (mode.equals("append") && !format.equals("csv") && !format.equals("ndjson")) {
            throw TaskException.terminal(
                    "mode: append cannot add to " + format + " (expected: csv or ndjson)");
        }
    }

    private static TaskException taken(String to) {
        return TaskException.terminal(
                "to: \"" + to + "\" is there already; remove it, or write with mode: replace");
    }

    private static void publish(Path made, Path target, boolean create, String to)
            throws IOException, TaskException {
        Files.createDirectories(target.getParent());
        Path beside = Files.createTempFile(target.getParent(), ".sluice-", ".part");
        try {
            Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            if (create) {
                // A link fails where a name is taken; a rename would replace it.
                Files.createLink(target, beside);
            } else {
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw taken(to);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
