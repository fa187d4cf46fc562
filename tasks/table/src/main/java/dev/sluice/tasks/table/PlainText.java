package dev.sluice.tasks.table;

import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A text file as UTF-8 without compression, which is what DuckDB reads. A file that is so already
 * stays where it is. gzip is known by its first bytes, UTF-16 by its byte order mark.
 */
final class PlainText {
    private static final int BUFFER = 1 << 16;

    private PlainText() {}

    static Source of(TaskContext context, Source source, String encoding)
            throws TaskException, InterruptedException {
        String what = "from: \"" + source.name() + "\"";
        try (BufferedInputStream raw =
                new BufferedInputStream(Files.newInputStream(source.file()), BUFFER)) {
            binary(raw, source);
            boolean gzip = startsWith(raw, 0x1f, 0x8b);
            BufferedInputStream in =
                    gzip ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER) : raw;
            boolean utf16 = startsWith(in, 0xff, 0xfe) || startsWith(in, 0xfe, 0xff);
            Charset charset = charset(encoding, utf16);
            if (!gzip && charset.equals(StandardCharsets.UTF_8)) {
                return source;
            }
            Path target = context.workDir().resolve("source.txt");
            decode(in, charset, target, context.resources().diskBytes(), what);
            return new Source(target, source.name(), source.format());
        } catch (ZipException e) {
            throw TaskException.terminal(what + " is damaged: " + e.getMessage());
        } catch (IOException e) {
            throw TaskException.terminal(what + " cannot be read: " + e.getMessage());
        }
    }

    /** The same text with every line ending in a line feed alone, but for those inside quotes. */
    static Source withOneLineEnd(TaskContext context, Source source)
            throws TaskException, InterruptedException {
        Path target = context.workDir().resolve("lines.txt");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(source.file()), BUFFER);
                OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(target), BUFFER)) {
            boolean quoted = false;
            for (int b = in.read(); b >= 0; b = in.read()) {
                quoted ^= b == '"';
                if (b != '\r' || quoted) {
                    out.write(b);
                }
                if (b == '\n' && Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } catch (IOException e) {
            throw TaskException.terminal(
                    "from: \"" + source.name() + "\" cannot be read: " + e.getMessage());
        }
        return new Source(target, source.name(), source.format());
    }

    /** Other formats under a text file's name would be read as one column of nonsense. */
    private static void binary(BufferedInputStream in, Source source)
            throws IOException, TaskException {
        in.mark(4);
        String head = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        in.reset();
        if (head.equals("PAR1") || head.equals("PK\003\004")) {
            boolean parquet = head.equals("PAR1");
            throw TaskException.terminal(
                    "from: \""
                            + source.name()
                            + "\" is "
                            + (parquet ? "Parquet" : "a workbook or another ZIP archive")
                            + ", not "
                            + source.format()
                            + "; add format: "
                            + (parquet ? "parquet" : "xlsx"));
        }
    }

    private static boolean startsWith(BufferedInputStream in, int first, int second)
            throws IOException {
        in.mark(2);
        boolean same = in.read() == first && in.read() == second;
        in.reset();
        return same;
    }

    private static Charset charset(String encoding, boolean utf16) throws TaskException {
        if (utf16 && (encoding.equals("utf-8") || encoding.equals("utf8"))) {
            return StandardCharsets.UTF_16;
        }
        try {
            return switch (encoding) {
                case "latin-1", "latin1" -> StandardCharsets.ISO_8859_1;
                default -> Charset.forName(encoding);
            };
        } catch (UnsupportedCharsetException | java.nio.charset.IllegalCharsetNameException e) {
            throw TaskException.terminal(
                    "encoding: \""
                            + encoding
                            + "\" is not known (expected: utf-8, latin-1, windows-1252, utf-16, …)");
        }
    }

    private static void decode(
            InputStream in, Charset charset, Path target, long mostBytes, String what)
            throws IOException, TaskException, InterruptedException {
        CharsetDecoder decoder =
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
        CharBuffer chars = CharBuffer.allocate(BUFFER);
        long line = 1;
        long written = 0;
        try (Writer out = Files.newBufferedWriter(target)) {
            boolean end = false;
            while (!end) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
                end = read < 0;
                bytes.position(bytes.position() + Math.max(0, read)).flip();
                CoderResult result = decoder.decode(bytes, chars, end);
                chars.flip();
                line += chars.chars().filter(c -> c == '\n').count();
                written += chars.remaining();
                out.append(chars);
                chars.clear();
                if (result.isError()) {
                    throw TaskException.terminal(
                            what
                                    + ", line "
                                    + line
                                    + ": bytes that are not "
                                    + charset.name()
                                    + "; name the file's encoding: (such as windows-1252)");
                }
                if (written > mostBytes) {
                    throw TaskException.terminal(
                            what
                                    + " is larger than resources: {disk: "
                                    + mostBytes
                                    + "} when unpacked");
                }
                bytes.compact();
            }
        }
    }
}
