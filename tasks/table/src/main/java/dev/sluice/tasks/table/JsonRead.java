package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * One JSON file on its way to Parquet: an array of objects, or an object a line. Straight through
 * DuckDB where neither a type is given nor a bad row may be skipped; else by way of a {@link
 * RowFile}.
 */
final class JsonRead {
    private final TaskContext context;
    private final DuckSession session;
    private final Source source;
    private final ReadOptions options;

    JsonRead(TaskContext context, DuckSession session, Source source, ReadOptions options) {
        this.context = context;
        this.session = session;
        this.source = source;
        this.options = options;
    }

    Reading reading() throws TaskException, InterruptedException {
        String format = format();
        if (options.columns().isEmpty() && !options.skipBadRows()) {
            try {
                Map<String, String> types = types(source.file(), format, "");
                String scan = JsonTypes.scan(source.file(), format, types);
                return new Reading("FROM " + scan, Reading.NO_BAD_ROWS);
            } catch (TaskException e) {
                if (format.equals("auto")) {
                    throw e;
                }
                // Row by row it comes out what is to blame.
            }
        }
        Path rows = context.workDir().resolve("rows.ndjson");
        Path rejected = context.workDir().resolve("rejected.ndjson");
        String refused = split(format.equals("array"), rows, rejected);
        Map<String, String> wires = types(rows, "newline_delimited", refused);
        options.checkColumns(wires.keySet(), source.name());
        Map<String, String> types = new LinkedHashMap<>(wires);
        types.putAll(options.columns());
        RowFile file = new RowFile(rows, rejected, wires, types, options.columns().keySet());
        return new Reading(file.good(), file.badRows());
    }

    /**
     * @param refused the first row that is none, or nothing
     */
    private Map<String, String> types(Path file, String format, String refused)
            throws TaskException, InterruptedException {
        List<Value.Column> columns =
                JsonTypes.infer(session, "from \"" + source.name() + "\"", file, format);
        Map<String, String> types = new LinkedHashMap<>();
        columns.forEach(column -> types.put(column.name(), column.type()));
        boolean rows = !types.isEmpty();
        types.remove(RowFile.NUMBER);
        if (types.isEmpty()) {
            String what = rows ? "\" has rows without fields" : "\" has no rows";
            String why = refused.isEmpty() ? "" : ": " + refused;
            throw TaskException.terminal("from: \"" + source.name() + what + why);
        }
        return types;
    }

    /** By the first line: an array begins there, or it is an object of its own, or part of one. */
    private String format() throws TaskException {
        try (BufferedReader in = reader()) {
            String line = in.readLine();
            while (line != null && line.isBlank()) {
                line = in.readLine();
            }
            if (line == null || line.stripLeading().startsWith("[")) {
                return "array";
            }
            return wrong(line).isEmpty() ? "newline_delimited" : "auto";
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Past the byte order mark. */
    private BufferedReader reader() throws IOException {
        BufferedReader in = Files.newBufferedReader(source.file());
        in.mark(1);
        if (in.read() != '\uFEFF') {
            in.reset();
        }
        return in;
    }

    /**
     * @return the first row that was refused, or nothing
     */
    private String split(boolean array, Path rows, Path rejected)
            throws TaskException, InterruptedException {
        long most = context.resources().diskBytes();
        try (RowWriter writer = new RowWriter(rows, rejected, most)) {
            if (array) {
                splitArray(writer);
            } else {
                splitLines(writer);
            }
            return writer.firstRefused();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private TaskException unreadable(IOException e) {
        if (e instanceof MalformedInputException) {
            return TaskException.terminal(
                    "from: \""
                            + source.name()
                            + "\" has bytes that are not utf-8; name its encoding: (such as"
                            + " windows-1252)");
        }
        return TaskException.terminal(
                "from: \"" + source.name() + "\" cannot be read: " + e.getMessage());
    }

    private void splitLines(RowWriter writer) throws IOException, InterruptedException {
        try (BufferedReader in = reader()) {
            long number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (!line.isBlank()) {
                    String wrong = wrong(line);
                    if (wrong.isEmpty()) {
                        writer.row(number, line);
                    } else {
                        writer.reject(number, line, wrong);
                    }
                }
            }
        }
    }

    /** Why a line is no JSON object, or nothing if it is one. */
    private static String wrong(String line) {
        try (JsonParser parser = Json.STRICT.createParser(ObjectReadContext.empty(), line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return "not a JSON object";
            }
            parser.skipChildren();
            return parser.nextToken() == null ? "" : "more than one value on the line";
        } catch (JacksonException e) {
            return "not JSON: " + reason(e);
        }
    }

    private void splitArray(RowWriter writer)
            throws IOException, TaskException, InterruptedException {
        try (BufferedReader in = reader();
                JsonParser parser = Json.STRICT.createParser(ObjectReadContext.empty(), in)) {
            parser.nextToken();
            long number = 0;
            for (JsonToken token = parser.nextToken();
                    token != JsonToken.END_ARRAY && token != null;
                    token = parser.nextToken()) {
                number++;
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (token == JsonToken.START_OBJECT) {
                    writer.row(number, parser);
                } else {
                    writer.reject(number, String.valueOf(parser.getString()), "not a JSON object");
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            String line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw TaskException.terminal(
                    "from: \"" + source.name() + "\"" + line + ": not JSON: " + reason(e));
        }
    }

    /** Without Jackson's own words on where the text comes from. */
    private static String reason(JacksonException e) {
        return e.getOriginalMessage().replaceAll(" \\(start marker at \\[Source: .*", "");
    }
}
