package dev.sluice.tasks.table;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectWriteContext;

/**
 * Writes the two files of a {@link RowFile}: rows, and what could not become one. Not thread-safe.
 */
final class RowWriter implements Closeable {
    private final OutputStream rows;
    private final OutputStream rejected;
    private final long mostBytes;
    private long bytes;
    private String firstRefused = "";

    /**
     * @param mostBytes what both files together may hold
     */
    RowWriter(Path rows, Path rejected, long mostBytes) throws IOException {
        this.rows = new BufferedOutputStream(Files.newOutputStream(rows));
        this.rejected = new BufferedOutputStream(Files.newOutputStream(rejected));
        this.mostBytes = mostBytes;
    }

    /** A row of texts; null stays null. */
    void row(long number, List<String> names, List<@Nullable String> values) throws IOException {
        StringBuilder line = new StringBuilder("{\"").append(RowFile.NUMBER).append("\":");
        line.append(number);
        for (int i = 0; i < names.size(); i++) {
            line.append(',').append(quoted(names.get(i))).append(':');
            String value = i < values.size() ? values.get(i) : null;
            line.append(value == null ? "null" : quoted(value));
        }
        write(rows, line.append("}\n").toString());
    }

    /** A JSON object as it was written, which is known to be whole and on one line. */
    void row(long number, String object) throws IOException {
        String rest = object.substring(object.indexOf('{') + 1).strip();
        String comma = rest.equals("}") ? "" : ",";
        write(rows, "{\"" + RowFile.NUMBER + "\":" + number + comma + rest + "\n");
    }

    /** The JSON object that the parser is about to read, its numbers to the last digit. */
    void row(long number, JsonParser parser) throws IOException {
        java.io.StringWriter text = new java.io.StringWriter();
        try (JsonGenerator copy = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            copy.copyCurrentStructureExact(parser);
        }
        row(number, text.toString());
    }

    void reject(long number, String text, String reason) throws IOException {
        if (firstRefused.isEmpty()) {
            firstRefused = "row " + number + ": " + reason;
        }
        write(
                rejected,
                "{\"row_number\":"
                        + number
                        + ",\"text\":"
                        + quoted(text)
                        + ",\"reason\":"
                        + quoted(reason)
                        + "}\n");
    }

    /** The number and reason of the first row that was refused, or nothing. */
    String firstRefused() {
        return firstRefused;
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private void write(OutputStream out, String line) throws IOException {
        byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
        bytes += encoded.length;
        if (bytes > mostBytes) {
            throw new IOException("it is larger than resources: {disk: " + mostBytes + "}");
        }
        out.write(encoded);
    }

    @Override
    public void close() throws IOException {
        try (rows;
                rejected) {
            rows.flush();
        }
    }
}
