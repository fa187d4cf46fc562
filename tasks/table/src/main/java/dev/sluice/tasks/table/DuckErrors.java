package dev.sluice.tasks.table;

import dev.sluice.spi.TaskException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What DuckDB says, in words for the author of a flow: without its folders, with the place inside
 * the user's own query, and with the remedy where there is one.
 */
final class DuckErrors {
    private DuckErrors() {}

    /**
     * A query as the user knows it.
     *
     * @param columns whether its columns are still the user's, which values put into it shift
     */
    record Written(String query, boolean columns) {
        /** Where it stands in the statement that is sent. */
        Place behind(String before) {
            return new Place(before.getBytes(StandardCharsets.UTF_8).length, this);
        }
    }

    /**
     * @param offset of the query in the statement, in bytes
     */
    record Place(int offset, Written written) {
        /** {@code " (line 2, column 14 of the query)"}, or nothing if it lies outside. */
        String at(int statementOffset) {
            byte[] bytes = written.query().getBytes(StandardCharsets.UTF_8);
            int at = statementOffset - offset;
            if (at < 0 || at > bytes.length) {
                return "";
            }
            String head = new String(bytes, 0, at, StandardCharsets.UTF_8);
            int line = (int) head.chars().filter(c -> c == '\n').count() + 1;
            int column = head.codePointCount(head.lastIndexOf('\n') + 1, head.length()) + 1;
            String where = written.columns() ? ", column " + column : "";
            return " (line " + line + where + " of the query)";
        }
    }

    /**
     * @param subject what failed, such as {@code query} or {@code from}
     * @param hidden folders that must not be told
     */
    static TaskException explain(
            String subject, SQLException error, @Nullable Place place, List<Path> hidden) {
        String raw = String.valueOf(error.getMessage());
        Map<String, Object> json = json(raw);
        String type = String.valueOf(json.getOrDefault("exception_type", ""));
        String message = String.valueOf(json.getOrDefault("exception_message", raw)).strip();
        String at = "";
        if (place != null && json.get("position") instanceof String position) {
            at = place.at(Integer.parseInt(position));
        }
        for (Path path : hidden) {
            message = message.replace(path + "/", "").replace(path.toString(), "…");
        }
        // What follows are options of DuckDB's reader, which the flow's author does not set.
        message = message.split("\\s*(Possible fixes|Try setting 'auto_detect')", 2)[0].strip();
        message = message.replaceAll("\\s*\n\\s*", "; ").replaceAll(":; ", ": ");
        return switch (type) {
            case "Permission" ->
                    TaskException.terminal(
                            subject
                                    + ": "
                                    + message
                                    + at
                                    + "; SQL reaches the task's own tables and nothing else: read"
                                    + " files with table.read and write them with table.write");
            case "Out of Memory" ->
                    TaskException.terminal(
                            subject
                                    + ": not enough memory or disk ("
                                    + firstSentence(message)
                                    + "); raise resources: {memory, disk}");
            case "IO" ->
                    message.contains("No space left")
                            ? TaskException.retryable(subject + ": " + message)
                            : TaskException.terminal(subject + ": " + message + at);
            case "INTERNAL", "FATAL" ->
                    TaskException.terminal(
                            subject + ": DuckDB failed on this query: " + firstSentence(message));
            default -> TaskException.terminal(subject + ": " + message + at);
        };
    }

    /** The fields of an error that was thrown under {@code errors_as_json}; empty if it is text. */
    static Map<String, Object> json(String message) {
        int start = message.indexOf("{\"exception_type\"");
        return start < 0 ? Map.of() : Json.map(message.substring(start));
    }

    private static String firstSentence(String message) {
        int end = message.indexOf("; ");
        return end < 0 ? message : message.substring(0, end);
    }
}
