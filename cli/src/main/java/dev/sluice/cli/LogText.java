package dev.sluice.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The lines of a log file, whatever its size. */
final class LogText {
    private static final int TAIL_BYTES_MAX = 64 << 10;

    private LogText() {}

    /** The last lines; none if there is no such file. */
    static List<String> tail(Path log, int lines) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(0, file.length() - TAIL_BYTES_MAX);
            byte[] bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * @param place up to which the file was printed, in bytes
     */
    record Printed(long place, long lines) {}

    /**
     * Prints what a log holds from this place on.
     *
     * @return what was printed
     */
    static Printed print(Path log, long from, String prefix, java.io.PrintStream out)
            throws IOException {
        if (!Files.exists(log)) {
            return new Printed(from, 0);
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(from);
            byte[] buffer = new byte[64 << 10];
            java.io.ByteArrayOutputStream rest = new java.io.ByteArrayOutputStream();
            long printed = from;
            long lines = 0;
            for (int n; (n = file.read(buffer)) > 0; ) {
                for (int i = 0; i < n; i++) {
                    rest.write(buffer[i]);
                    if (buffer[i] == '\n') {
                        printed += rest.size();
                        lines++;
                        out.print(prefix + Texts.block(rest.toString(StandardCharsets.UTF_8)));
                        rest.reset();
                    }
                }
            }
            out.flush();
            return new Printed(printed, lines);
        }
    }
}
