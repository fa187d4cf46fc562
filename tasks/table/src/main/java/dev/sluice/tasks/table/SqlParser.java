package dev.sluice.tasks.table;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * DuckDB's own parser, asked what a query reads. Nothing is run: the text is the argument of {@code
 * json_serialize_sql}. Opens DuckDB when it is first asked and keeps it, since opening costs a
 * hundred times what parsing does. Thread-safe.
 */
final class SqlParser {
    private @Nullable PreparedStatement serialize;

    /** What is known of a query. */
    sealed interface Parsed {
        /**
         * Exactly one SELECT.
         *
         * @param tables lower-case {@code task} or {@code task.output}
         * @param ast what tells whether two texts mean the same
         */
        record Select(Set<String> tables, Map<String, Integer> parameters, String ast)
                implements Parsed {}

        /** One or more statements that DuckDB cannot show, such as PIVOT. */
        record Opaque() implements Parsed {}

        /**
         * @param offset in the characters of the text, or -1 if unknown
         */
        record Wrong(String message, int offset) implements Parsed {}
    }

    Parsed parse(String query) {
        if (query.indexOf('\0') >= 0) {
            return new Parsed.Wrong("the character NUL", query.indexOf('\0'));
        }
        try {
            String ast = serialize(query);
            Map<String, Object> json = Json.map(ast);
            return Boolean.TRUE.equals(json.get("error"))
                    ? failure(query, json)
                    : select(json, ast);
        } catch (SQLException e) {
            return new Parsed.Wrong(String.valueOf(e.getMessage()), -1);
        } catch (JacksonException e) {
            return new Parsed.Wrong("it is nested too deeply", -1);
        }
    }

    private synchronized String serialize(String query) throws SQLException {
        if (serialize == null) {
            Connection connection = Duck.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "SET autoinstall_known_extensions=false;"
                                + "SET autoload_known_extensions=false;SET threads=1;"
                                + "SET enable_external_access=false;SET lock_configuration=true");
            }
            serialize = connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)");
        }
        serialize.setString(1, query);
        try (ResultSet result = serialize.executeQuery()) {
            result.next();
            return result.getString(1);
        }
    }

    private static Parsed failure(String query, Map<String, Object> json) {
        if ("not implemented".equals(json.get("error_type"))) {
            return new Parsed.Opaque();
        }
        int offset = -1;
        if (json.get("position") instanceof String position) {
            byte[] bytes = query.getBytes(StandardCharsets.UTF_8);
            int end = Math.min(Integer.parseInt(position), bytes.length);
            offset = new String(bytes, 0, end, StandardCharsets.UTF_8).length();
        }
        return new Parsed.Wrong(String.valueOf(json.get("error_message")), offset);
    }

    private static Parsed select(Map<String, Object> json, String ast) {
        List<?> statements = (List<?>) json.getOrDefault("statements", List.of());
        if (statements.size() != 1) {
            return new Parsed.Wrong(
                    statements.isEmpty()
                            ? "it is empty (expected: one SELECT)"
                            : statements.size() + " statements (expected: one SELECT)",
                    -1);
        }
        Set<String> tables = new TreeSet<>();
        Map<String, Integer> parameters = new HashMap<>();
        walk(statements.getFirst(), Set.of(), tables, parameters);
        return new Parsed.Select(tables, parameters, ast);
    }

    /**
     * @param ctes lower-case names that WITH hides here
     */
    private static void walk(
            @Nullable Object node,
            Set<String> ctes,
            Set<String> tables,
            Map<String, Integer> parameters) {
        if (node instanceof List<?> list) {
            list.forEach(item -> walk(item, ctes, tables, parameters));
        } else if (node instanceof Map<?, ?> map) {
            if ("BASE_TABLE".equals(map.get("type"))) {
                table(map, ctes, tables);
            } else if ("PARAMETER".equals(map.get("class"))) {
                parameters.put(
                        String.valueOf(map.get("identifier")),
                        map.get("query_location") instanceof Long at ? at.intValue() : -1);
            }
            Set<String> visible =
                    map.get("cte_map") instanceof Map<?, ?> with
                            ? ctes(with, ctes, tables, parameters)
                            : ctes;
            map.forEach((key, value) -> {
                if (!"cte_map".equals(key)) {
                    walk(value, visible, tables, parameters);
                }
            });
        }
    }

    /** A CTE sees those before it, and itself only if it is recursive. */
    private static Set<String> ctes(
            Map<?, ?> with,
            Set<String> outer,
            Set<String> tables,
            Map<String, Integer> parameters) {
        Set<String> visible = new HashSet<>(outer);
        if (with.get("map") instanceof List<?> entries) {
            for (Object item : entries) {
                if (item instanceof Map<?, ?> entry
                        && entry.get("value") instanceof Map<?, ?> cte) {
                    String name = String.valueOf(entry.get("key")).toLowerCase(Locale.ROOT);
                    Set<String> inside = new HashSet<>(visible);
                    if (cte.get("query_node") instanceof Map<?, ?> body
                            && "RECURSIVE_CTE_NODE".equals(body.get("type"))) {
                        inside.add(name);
                    }
                    walk(cte, inside, tables, parameters);
                    visible.add(name);
                }
            }
        }
        return visible;
    }

    private static void table(Map<?, ?> ref, Set<String> ctes, Set<String> tables) {
        List<String> path = new ArrayList<>();
        if (ref.get("qualified_name") instanceof Map<?, ?> name
                && name.get("path") instanceof List<?> parts) {
            parts.forEach(part -> path.add(String.valueOf(part).toLowerCase(Locale.ROOT)));
        }
        boolean named = path.stream().noneMatch(part -> part.contains("."));
        boolean hidden = path.size() == 1 && ctes.contains(path.getFirst());
        if (named && !hidden && !path.isEmpty()) {
            tables.add(String.join(".", path));
        }
    }
}
