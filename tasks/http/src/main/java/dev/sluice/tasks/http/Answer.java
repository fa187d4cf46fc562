package dev.sluice.tasks.http;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** What a service answered, read within bounds. */
record Answer(ClassicHttpResponse response, Target from, TaskContext context) {
    /** As a value; more belongs in a file. */
    private static final int VALUE_BYTES_MAX = 1 << 20;

    /** By lower-case name, repeated ones joined by commas (RFC 9110 §5.3). */
    Value.MapOf headers() {
        Map<String, Value> headers = new LinkedHashMap<>();
        for (Header header : response.getHeaders()) {
            String name = header.getName().toLowerCase(Locale.ROOT);
            // A cookie is a credential: it does not belong in the record of a run.
            if (!name.equals("set-cookie") && header.getValue() != null) {
                headers.merge(
                        name,
                        Value.of(header.getValue()),
                        (a, b) -> Value.of(a.toJava() + ", " + b.toJava()));
            }
        }
        return new Value.MapOf(headers);
    }

    /** JSON as the value it is, anything else as text; null where there is no body. */
    Value value() throws IOException, TaskException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return Value.Null.NULL;
        }
        byte[] bytes;
        try (InputStream in = entity.getContent()) {
            bytes = in == null ? new byte[0] : in.readNBytes(VALUE_BYTES_MAX + 1);
        }
        if (bytes.length > VALUE_BYTES_MAX) {
            throw TaskException.terminal(
                    "http: "
                            + from.origin()
                            + " answered with more than 1 MiB (expected: less; save_as keeps it as"
                            + " a file)");
        }
        if (bytes.length == 0) {
            return Value.Null.NULL;
        }
        if (isJson()) {
            Value value = Json.read(bytes);
            if (value == null) {
                throw TaskException.terminal(
                        "http: "
                                + from.origin()
                                + " answered with JSON that cannot be read (save_as keeps it as it"
                                + " is)");
            }
            return value;
        }
        return Value.of(text(bytes));
    }

    private String text(byte[] bytes) throws TaskException {
        try {
            return charset().newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw TaskException.terminal(
                    "http: "
                            + from.origin()
                            + " answered with "
                            + mediaType()
                            + ", which is no text (save_as keeps it as a file)");
        }
    }

    /** The start of a body as one line. */
    String excerpt(int maxBytes) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return "";
        }
        try (InputStream in = entity.getContent()) {
            byte[] bytes = in == null ? new byte[0] : in.readNBytes(maxBytes);
            return Text.printable(new String(bytes, charset()), maxBytes);
        }
    }

    Value.Artifact file(String name) throws IOException, TaskException {
        long max = context.resources().diskBytes();
        Path file = context.workDir().resolve(name);
        HttpEntity entity = response.getEntity();
        if (entity != null && entity.getContentLength() > max) {
            throw tooLarge(max);
        }
        try (InputStream in = entity == null ? null : entity.getContent();
                OutputStream out = Files.newOutputStream(file)) {
            byte[] buffer = new byte[64 * 1024];
            long total = 0;
            int n = in == null ? -1 : in.read(buffer);
            while (in != null && n >= 0) {
                total += n;
                if (total > max) {
                    throw tooLarge(max);
                }
                out.write(buffer, 0, n);
                n = in.read(buffer);
            }
        }
        return context.store(file, mediaType(), name, null);
    }

    private TaskException tooLarge(long max) {
        return TaskException.terminal(
                "http: "
                        + from.origin()
                        + " answered with more than "
                        + max
                        + " bytes (expected: at most resources.disk; raise it)");
    }

    private @Nullable ContentType contentType() {
        Header header = response.getFirstHeader("Content-Type");
        return header == null ? null : ContentType.parseLenient(header.getValue());
    }

    private Charset charset() {
        ContentType type = contentType();
        Charset charset = type == null ? null : type.getCharset();
        return charset == null ? StandardCharsets.UTF_8 : charset;
    }

    private boolean isJson() {
        String type = mediaType();
        return type.equals("application/json") || type.endsWith("+json");
    }

    private String mediaType() {
        ContentType type = contentType();
        String word = type == null ? null : type.getMimeType();
        return word == null
                        || !word.matches("[a-zA-Z0-9!#$&^_.+-]{1,80}/[a-zA-Z0-9!#$&^_.+-]{1,80}")
                ? "application/octet-stream"
                : word.toLowerCase(Locale.ROOT);
    }
}
