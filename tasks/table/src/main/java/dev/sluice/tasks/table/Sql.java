package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.StringJoiner;

/**
 * Values and names as SQL text of DuckDB, so quoted that none of their characters is read as code.
 */
final class Sql {
    private Sql() {}

    /** A quoted identifier. */
    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A string literal. */
    static String text(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    static String file(Path file) {
        return text(file.toString());
    }

    static String texts(Collection<String> texts) {
        StringJoiner out = new StringJoiner(", ", "[", "]");
        texts.forEach(t -> out.add(text(t)));
        return out.toString();
    }

    /**
     * A literal of a value: null, boolean, BIGINT, DOUBLE, VARCHAR, list or struct.
     *
     * @throws TaskException for a table or file, which SQL reads by its name in FROM
     */
    static String literal(Value value) throws TaskException {
        return switch (value) {
            case Value.Null _ -> "NULL";
            case Value.Bool b -> b.value() ? "TRUE" : "FALSE";
            // In brackets, since "x -" before a bare -5 would start a comment.
            case Value.Int i -> i.value() < 0 ? "('" + i.value() + "'::BIGINT)" : "" + i.value();
            case Value.Dec d -> "('" + d.value() + "'::DOUBLE)";
            case Value.Text t -> literal(t.value());
            case Value.ListOf l -> {
                StringJoiner out = new StringJoiner(", ", "[", "]");
                for (Value item : l.items()) {
                    out.add(literal(item));
                }
                yield out.toString();
            }
            case Value.MapOf m -> {
                StringJoiner out = new StringJoiner(", ", "{", "}");
                for (var entry : m.entries().entrySet()) {
                    out.add(literal(entry.getKey()) + ": " + literal(entry.getValue()));
                }
                yield m.entries().isEmpty() ? "MAP {}" : out.toString();
            }
            case Value.Artifact a ->
                    throw TaskException.terminal(
                            "query: an expression in it is the "
                                    + a.kind()
                                    + " \""
                                    + a.name()
                                    + "\" (expected: a value; name a table in FROM instead)");
        };
    }

    private static String literal(String text) throws TaskException {
        if (text.indexOf('\0') >= 0) {
            throw TaskException.terminal(
                    "query: an expression's text holds the character NUL, which SQL cannot hold");
        }
        return text(text);
    }
}
