package dev.sluice.tasks.code;

import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what code says it made: the lines that a helper appends to {@code out/declared.jsonl}, or,
 * for a shell script, the files in {@code out/files} and the lines of {@code out/values}.
 *
 * <pre>
 * {"value": "auc", "data": 0.83}
 * {"table": "features", "path": "features.ndjson", "columns": [["id", "BIGINT"]]}
 * {"file": "model", "path": "model.json"}
 * </pre>
 *
 * The last line about a name counts. A user's program can write anything there: nothing is believed
 * that is not checked here or in {@link Outputs}.
 */
final class Declarations {
    private static final long MAX_BYTES = 8L << 20;
    private static final long MAX_VALUE_BYTES = 1 << 20;
    private static final Pattern COLUMN_TYPE =
            Pattern.compile(
                    "(BOOLEAN|U?TINYINT|U?SMALLINT|U?INTEGER|U?BIGINT|U?HUGEINT|FLOAT|DOUBLE|VARCHAR|BLOB|DATE|TIME"
                            + "|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|TIMESTAMP WITH TIME ZONE"
                            + "|TIMESTAMPTZ|UUID|JSON|DECIMAL\\(\\d{1,2},\\d{1,2}\\))(\\[\\]){0,3}");

    private final Path out;
    private final Map<String, Outputs.Declared> found = new TreeMap<>();
    private long valueBytes;

    private Declarations(Path out) {
        this.out = out;
    }

    /** What a helper declared. */
    static Map<String, Outputs.Declared> ofHelper(Path out) throws TaskException {
        Declarations all = new Declarations(out);
        int number = 0;
        for (String line : all.lines("declared.jsonl")) {
            number++;
            try {
                if (!(Json.read(line) instanceof Value.MapOf map)) {
                    throw new Json.JsonException("expected an object");
                }
                all.declare(map, line.length());
            } catch (Json.JsonException e) {
                throw TaskException.terminal(
                        "outputs: line "
                                + number
                                + " of declared.jsonl is wrong: "
                                + e.getMessage()
                                + "; the sluice module writes this file, leave it alone");
            }
        }
        return all.found;
    }

    /**
     * What a shell script left: every file of {@code out/files} by its stem, every line {@code
     * name=value} of {@code out/values}.
     *
     * @param types the declared outputs: a value declared as string stays the text it is
     */
    static Map<String, Outputs.Declared> ofShell(Path out, Map<String, ValueType> types)
            throws TaskException {
        Declarations all = new Declarations(out);
        for (String line : all.lines("values")) {
            if (line.isBlank()) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw TaskException.terminal(
                        "outputs: \""
                                + LineSplitter.printable(line)
                                + "\" in $SLUICE_VALUES (expected: lines of the form name=value)");
            }
            String name = line.substring(0, equals).strip();
            String text = line.substring(equals + 1);
            all.value(name, shellValue(text, types.get(name)), text.length());
        }
        for (String file : all.files()) {
            String name = file.split("\\.", 2)[0];
            if (all.found.containsKey(name)) {
                throw TaskException.terminal(
                        "output \""
                                + name
                                + "\" is there twice: "
                                + file
                                + " and another file or value of that name; rename one");
            }
            all.put(
                    name,
                    file.endsWith(".ndjson")
                            ? new Outputs.Declared.Table("files", file, null)
                            : new Outputs.Declared.File(file));
        }
        return all.found;
    }

    private static Value shellValue(String text, @Nullable ValueType type) {
        if (type == ValueType.STRING) {
            return Value.of(text);
        }
        try {
            return Json.read(text);
        } catch (Json.JsonException _) {
            return Value.of(text);
        }
    }

    private void declare(Value.MapOf map, int length) throws TaskException, Json.JsonException {
        if (map.find("value") instanceof Value.Text name) {
            Value data = map.find("data");
            if (data == null) {
                throw new Json.JsonException("a value without data");
            }
            value(name.value(), data, length);
        } else if (map.find("file") instanceof Value.Text name
                && map.find("path") instanceof Value.Text path) {
            put(name.value(), new Outputs.Declared.File(path.value()));
        } else if (map.find("table") instanceof Value.Text name
                && map.find("path") instanceof Value.Text path) {
            Value columns = map.find("columns");
            put(
                    name.value(),
                    new Outputs.Declared.Table(
                            "tables",
                            path.value(),
                            columns == null ? null : columns(name.value(), columns)));
        } else {
            throw new Json.JsonException("neither a value, a file nor a table");
        }
    }

    private static List<Value.Column> columns(String table, Value columns)
            throws TaskException, Json.JsonException {
        List<Value.Column> read = new ArrayList<>();
        if (columns instanceof Value.ListOf list) {
            for (Value column : list.items()) {
                if (!(column instanceof Value.ListOf(List<Value> pair)
                        && pair.size() == 2
                        && pair.get(0) instanceof Value.Text(String name)
                        && pair.get(1) instanceof Value.Text(String type))) {
                    throw new Json.JsonException("a column is no pair of name and type");
                }
                // Types end up in SQL: only those known to be types may.
                if (!COLUMN_TYPE.matcher(type).matches()) {
                    throw TaskException.terminal(
                            "table \""
                                    + table
                                    + "\": column \""
                                    + LineSplitter.printable(name)
                                    + "\" has the type "
                                    + LineSplitter.printable(type)
                                    + " (expected: BOOLEAN, BIGINT, HUGEINT, DOUBLE, DECIMAL(18,2), VARCHAR,"
                                    + " DATE, TIME, TIMESTAMP, TIMESTAMP WITH TIME ZONE, UUID, JSON, or a list"
                                    + " of such: BIGINT[])");
                }
                read.add(new Value.Column(name, type));
            }
        }
        if (read.isEmpty()) {
            throw new Json.JsonException("a table without columns");
        }
        return read;
    }

    private void value(String name, Value value, int length) throws TaskException {
        valueBytes += length;
        if (valueBytes > MAX_VALUE_BYTES) {
            throw TaskException.terminal(
                    "output \""
                            + LineSplitter.printable(name)
                            + "\": the value outputs are more than 1 MiB of JSON in all; write a table or a"
                            + " file instead");
        }
        put(name, new Outputs.Declared.Data(value));
    }

    private void put(String name, Outputs.Declared declared) throws TaskException {
        if (!Outputs.isName(name)) {
            throw TaskException.terminal(
                    "output \""
                            + LineSplitter.printable(name)
                            + "\": expected a name of letters, digits and _, not beginning with a digit,"
                            + " at most 63");
        }
        found.put(name, declared);
        if (found.size() > Outputs.MAX_OUTPUTS) {
            throw TaskException.terminal(
                    "outputs: more than "
                            + Outputs.MAX_OUTPUTS
                            + "; write one table, or one archive, instead of many files");
        }
    }

    private List<String> files() throws TaskException {
        Path folder = out.resolve("files");
        List<String> names = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw TaskException.terminal("outputs: the folder $SLUICE_OUT is gone");
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (names.size() == Outputs.MAX_OUTPUTS) {
                    throw TaskException.terminal(
                            "outputs: more than " + Outputs.MAX_OUTPUTS + " files in $SLUICE_OUT");
                }
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw TaskException.terminal("outputs: $SLUICE_OUT cannot be read: " + e.getMessage());
        }
        names.sort(null);
        return names;
    }

    private List<String> lines(String name) throws TaskException {
        Path file = out.resolve(name);
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw TaskException.terminal("outputs: " + name + " is refused: it is no plain file");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw TaskException.terminal(
                        "outputs: " + name + " is larger than " + MAX_BYTES + " bytes");
            }
            try (InputStream in =
                            Files.newInputStream(
                                    file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                    BufferedReader reader =
                            new BufferedReader(
                                    new java.io.InputStreamReader(in, StandardCharsets.UTF_8))) {
                return reader.lines().toList();
            }
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw TaskException.terminal("outputs: " + name + " cannot be read: " + e.getMessage());
        }
    }
}
