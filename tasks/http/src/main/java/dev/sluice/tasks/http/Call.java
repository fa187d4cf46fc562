package dev.sluice.tasks.http;

import dev.sluice.model.Digest;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request as the task's keys ask for it, checked.
 *
 * @param headers names in lower case
 * @param allowStatus statuses from 400 that count as success
 * @param saveAs file name without folders, or null to return the body as a value
 */
record Call(
        String method,
        Target target,
        Map<String, String> headers,
        @Nullable Body body,
        Set<Integer> allowStatus,
        boolean followRedirects,
        @Nullable String saveAs) {

    /** What is sent. */
    sealed interface Body {
        String mediaType();

        record Bytes(byte[] content, String mediaType) implements Body {}

        record File(Path path, String mediaType) implements Body {}
    }

    /** RFC 9110 §5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    private static final int HEADERS_MAX = 100;

    /** They belong to the connection, which the task does not choose. */
    private static final Set<String> OURS =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "upgrade",
                    "te",
                    "trailer",
                    "keep-alive",
                    "expect",
                    "proxy-authorization",
                    "proxy-connection");

    static Call of(TaskContext context) throws TaskException {
        Map<String, Value> config = context.config();
        Target target = Target.of(text("url", config.get("url")));
        Map<String, String> headers = headers(config.get("headers"));
        Body body = body(config.get("body"), context);
        Value written = config.get("method");
        String method = written == null ? (body == null ? "GET" : "POST") : text("method", written);
        if (method.equals("POST") || method.equals("PATCH")) {
            headers.putIfAbsent("idempotency-key", idempotencyKey(context));
        }
        return new Call(
                method,
                target,
                headers,
                body,
                statuses(config.get("allow_status")),
                !Value.of(false).equals(config.get("follow_redirects")),
                saveAs(config.get("save_as")));
    }

    /**
     * The same for every attempt, so that a server that knows the header
     * (draft-ietf-httpapi-idempotency-key-header) does the work once; a digest, so that it tells no
     * names of ours.
     */
    private static String idempotencyKey(TaskContext context) {
        String what = context.tenant().value() + "/" + context.idempotencyKey();
        return Digest.of(what.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    }

    private static Map<String, String> headers(@Nullable Value given) throws TaskException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (given == null || given instanceof Value.Null) {
            return headers;
        }
        if (!(given instanceof Value.MapOf map)) {
            throw TaskException.terminal(
                    "headers: a " + given.kind() + " (expected: a map of names and texts)");
        }
        if (map.entries().size() > HEADERS_MAX) {
            throw TaskException.terminal(
                    "headers: "
                            + map.entries().size()
                            + " of them (expected: at most "
                            + HEADERS_MAX
                            + ")");
        }
        for (Map.Entry<String, Value> entry : map.entries().entrySet()) {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!TOKEN.matcher(name).matches()) {
                throw TaskException.terminal(
                        "headers: name \""
                                + entry.getKey()
                                + "\" (expected: letters, digits and hyphens)");
            }
            if (OURS.contains(name)) {
                throw TaskException.terminal(
                        "headers: \"" + entry.getKey() + "\" is set by the task itself; remove it");
            }
            if (headers.put(name, headerValue(name, entry.getValue())) != null) {
                throw TaskException.terminal("headers: \"" + entry.getKey() + "\" is given twice");
            }
        }
        return headers;
    }

    private static String headerValue(String name, Value value) throws TaskException {
        String text =
                switch (value) {
                    case Value.Text t -> t.value();
                    case Value.Int i -> Long.toString(i.value());
                    case Value.Dec d -> Double.toString(d.value());
                    case Value.Bool b -> Boolean.toString(b.value());
                    case Value.Null _, Value.ListOf _, Value.MapOf _, Value.Artifact _ ->
                            throw TaskException.terminal(
                                    "headers: \""
                                            + name
                                            + "\" is a "
                                            + value.kind()
                                            + " (expected: text)");
                };
        // A line break would let a value add headers of its own; the value may be a secret, so it
        // is not shown.
        if (text.length() > 8192 || text.chars().anyMatch(c -> c < ' ' && c != '\t' || c > 126)) {
            throw TaskException.terminal(
                    "headers: the value of \""
                            + name
                            + "\" has a line break or another character that headers cannot carry,"
                            + " or is too long (expected: printable ASCII, at most 8192"
                            + " characters)");
        }
        return text;
    }

    private static @Nullable Body body(@Nullable Value given, TaskContext context)
            throws TaskException {
        return switch (given) {
            case null -> null;
            case Value.Null _ -> null;
            case Value.Text t ->
                    new Body.Bytes(
                            t.value().getBytes(StandardCharsets.UTF_8),
                            "text/plain; charset=utf-8");
            case Value.Artifact a -> new Body.File(context.path(a), a.mediaType());
            case Value.Bool _, Value.Int _, Value.Dec _, Value.ListOf _, Value.MapOf _ ->
                    new Body.Bytes(Json.write(given), "application/json");
        };
    }

    private static Set<Integer> statuses(@Nullable Value given) throws TaskException {
        Set<Integer> statuses = new HashSet<>();
        List<Value> items =
                switch (given) {
                    case null -> List.of();
                    case Value.ListOf list -> list.items();
                    case Value one -> List.of(one);
                };
        for (Value item : items) {
            if (!(item instanceof Value.Int(long status)) || status < 400 || status > 599) {
                throw TaskException.terminal(badStatus(item));
            }
            statuses.add((int) status);
        }
        return statuses;
    }

    static String badStatus(Value given) {
        return "allow_status: " + given.toJava() + " (expected: statuses from 400 to 599)";
    }

    private static @Nullable String saveAs(@Nullable Value given) throws TaskException {
        if (given == null || given instanceof Value.Null) {
            return null;
        }
        String name = text("save_as", given);
        if (!isFileName(name)) {
            throw TaskException.terminal(badFileName(name));
        }
        return name;
    }

    static boolean isFileName(String name) {
        return !name.isBlank()
                && name.length() <= 200
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 127);
    }

    static String badFileName(String name) {
        return "save_as: \"" + name + "\" (expected: a file name without folders)";
    }

    private static String text(String key, @Nullable Value value) throws TaskException {
        if (value instanceof Value.Text text) {
            return text.value();
        }
        throw TaskException.terminal(
                key
                        + ": "
                        + (value == null ? "missing" : "a " + value.kind())
                        + " (expected: text)");
    }
}
