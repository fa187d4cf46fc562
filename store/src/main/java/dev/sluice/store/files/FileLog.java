package dev.sluice.store.files;

import dev.sluice.spi.LogStore;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's log. Lines gather in a buffer that is written out when it is full or a moment old:
 * the first line in an empty buffer asks for that, so that a silent log costs nothing.
 */
final class FileLog implements LogStore.Log {
    static final int LINE_BYTES = 16 * 1024;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long FLUSH_MILLIS = 150;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final long limitBytes;
    private final InstantSource clock;
    private final ScheduledExecutorService flusher;

    /** A stream, not a channel: the interrupt that cancels an attempt would close a channel. */
    private final OutputStream out;

    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private int bufferedLines;
    private long accepted;
    private long droppedLines;
    private long droppedBytes;
    private @Nullable IOException failure;
    private boolean closed;

    FileLog(Path file, long limitBytes, InstantSource clock, ScheduledExecutorService flusher)
            throws IOException {
        this.limitBytes = limitBytes;
        this.clock = clock;
        this.flusher = flusher;
        boolean torn = isTorn(file);
        out = new FileOutputStream(file.toFile(), true);
        accepted = Files.size(file);
        if (torn) {
            buffer.write('\n');
        }
    }

    /** Whether a process that died left half a line at the end. */
    private static boolean isTorn(Path file) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return false;
        }
        try (RandomAccessFile reading = new RandomAccessFile(file.toFile(), "r")) {
            reading.seek(reading.length() - 1);
            return reading.read() != '\n';
        }
    }

    @Override
    public void line(String text) {
        byte[] line =
                (TIME.format(clock.instant()) + " " + shown(text) + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            if (closed || failure != null || accepted + line.length > limitBytes) {
                drop(1, line.length);
                // What came later would stand beside a gap that nothing shows.
                accepted = limitBytes;
                return;
            }
            accepted += line.length;
            buffer.writeBytes(line);
            if (++bufferedLines == 1) {
                flushSoon();
            }
            if (buffer.size() >= BUFFER_BYTES) {
                flush();
            }
        }
    }

    private void drop(long lines, long bytes) {
        droppedLines += lines;
        droppedBytes += bytes;
    }

    private void flushSoon() {
        try {
            // Nobody waits for it, and flush() fails no attempt.
            var _ = flusher.schedule(this::flush, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // The store is closing; close() writes the rest.
        }
    }

    private synchronized void flush() {
        if (buffer.size() == 0) {
            return;
        }
        try {
            buffer.writeTo(out);
        } catch (IOException e) {
            failure = e;
            drop(bufferedLines, buffer.size());
        }
        buffer.reset();
        bufferedLines = 0;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        flush();
        if (droppedLines > 0) {
            String why = failure == null ? "log limit " + size(limitBytes) : failure.getMessage();
            String last =
                    String.format(
                            Locale.ROOT,
                            "%s … %d lines (%d bytes) dropped: %s\n",
                            TIME.format(clock.instant()),
                            droppedLines,
                            droppedBytes,
                            why);
            buffer.writeBytes(last.getBytes(StandardCharsets.UTF_8));
            flush();
        }
        try {
            out.close();
        } catch (IOException _) {
            // A log fails no attempt, and there is nowhere left to say it.
        }
    }

    private static String size(long bytes) {
        if (bytes % (1 << 20) == 0) {
            return bytes / (1 << 20) + " MiB";
        }
        return bytes + " bytes";
    }

    /**
     * A line that a terminal may be shown: control characters but tabs are escaped, so that user
     * code cannot move the reader's cursor or forge further lines.
     */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), LINE_BYTES) + 32);
        int bytes = 0;
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            boolean control = Character.isISOControl(point) && point != '\t';
            int cost = control ? 6 : point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes + cost > LINE_BYTES) {
                return shown.append(" … (cut: ")
                        .append(text.length() - i)
                        .append(" more characters)")
                        .toString();
            }
            if (control) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", point));
            } else {
                shown.appendCodePoint(point);
            }
            bytes += cost;
            i += Character.charCount(point);
        }
        return shown.toString();
    }
}
