package dev.sluice.tasks.table;

import dev.sluice.model.Digest;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file that {@code table.read} reads.
 *
 * @param name as the user knows it, for messages
 * @param format one of {@link #FORMATS}
 */
record Source(Path file, String name, String format) {
    static final List<String> FORMATS = List.of("csv", "json", "parquet", "xlsx");

    private static final Map<String, String> BY_ENDING =
            Map.of(
                    "csv", "csv", "tsv", "csv", "txt", "csv", "json", "json", "ndjson", "json",
                    "jsonl", "json", "parquet", "parquet", "xlsx", "xlsx");

    static Source open(TaskContext context, ReadOptions options) throws TaskException {
        Value from = context.config().getOrDefault("from", Value.Null.NULL);
        return switch (from) {
            case Value.Artifact a ->
                    new Source(
                            context.path(a).toAbsolutePath(),
                            a.name(),
                            format(a.name(), a.mediaType(), options));
            case Value.Text path -> {
                Path file = context.file(path.value()).toAbsolutePath();
                if (!Files.isRegularFile(file)) {
                    throw TaskException.terminal(
                            "from: \""
                                    + path.value()
                                    + "\" is no file (expected: a path relative to the flow's"
                                    + " folder)");
                }
                yield new Source(file, path.value(), format(path.value(), "", options));
            }
            case Value.Null _,
                    Value.Bool _,
                    Value.Int _,
                    Value.Dec _,
                    Value.ListOf _,
                    Value.MapOf _ ->
                    throw TaskException.terminal(
                            "from: a " + from.kind() + " (expected: a path or a file)");
        };
    }

    private static String format(String name, String mediaType, ReadOptions options)
            throws TaskException {
        if (options.format() != null) {
            return options.format();
        }
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
        String format = BY_ENDING.get(plain.substring(plain.lastIndexOf('.') + 1));
        if (format == null) {
            format = byMediaType(mediaType);
        }
        if (format == null) {
            throw TaskException.terminal(
                    "from: the format of \""
                            + name
                            + "\" is not known; add format: csv, json,"
                            + " parquet or xlsx");
        }
        return format;
    }

    private static @Nullable String byMediaType(String mediaType) {
        if (mediaType.equals(Value.Artifact.PARQUET)) {
            return "parquet";
        }
        if (mediaType.contains("csv") || mediaType.contains("tab-separated")) {
            return "csv";
        }
        if (mediaType.contains("json")) {
            return "json";
        }
        return mediaType.contains("spreadsheetml") ? "xlsx" : null;
    }

    /** The content's digest where {@code from} is a path: an artifact is in the key as it is. */
    static String fingerprint(TaskContext context) throws TaskException {
        if (!(context.config().get("from") instanceof Value.Text path)) {
            return "";
        }
        MessageDigest digest = Digest.sha256();
        try (InputStream in =
                new DigestInputStream(Files.newInputStream(context.file(path.value())), digest)) {
            byte[] buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {}
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw TaskException.terminal("from: \"" + path.value() + "\" cannot be read");
        }
    }
}
