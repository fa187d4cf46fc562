package dev.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams and surroundings of one command. Results go to {@code out}, everything else to {@code
 * err}.
 *
 * @param outIsTerminal whether a person reads {@code out}
 * @param errIsTerminal whether a person reads {@code err}, so that it may be redrawn
 * @param folder to which relative paths belong
 */
public record Terminal(
        PrintStream out,
        PrintStream err,
        InputStream in,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Window window,
        Map<String, String> environment,
        Path folder) {

    /** How large the terminal is now. */
    public interface Window {
        int columns();

        int rows();
    }

    /** A window that does not change. */
    public record FixedWindow(int columns, int rows) implements Window {}

    /**
     * The process's own.
     *
     * @param terminals the numbers of those streams that are terminals, as the launcher saw
     * @param size {@code rows columns} as {@code stty size} prints, or anything else if unknown
     */
    public static Terminal ofProcess(String terminals, String size) {
        return new Terminal(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.in,
                terminals.contains("1"),
                terminals.contains("2"),
                TerminalWindow.of(size),
                System.getenv(),
                Path.of("").toAbsolutePath());
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13),
                false,
                StandardCharsets.UTF_8);
    }

    /** The value of an environment variable, or null if it is not set or empty. */
    @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Colour on stdout (no-color.org; a dumb terminal has none). */
    Style outStyle() {
        return new Style(outIsTerminal && allowsColour());
    }

    Style errStyle() {
        return new Style(errIsTerminal && allowsColour());
    }

    private boolean allowsColour() {
        return variable("NO_COLOR") == null && !"dumb".equals(variable("TERM"));
    }

    /** Whether progress may be redrawn in place. */
    boolean isLive() {
        return errIsTerminal && !"dumb".equals(variable("TERM"));
    }

    /** A line to stderr, at once. */
    public void tell(String line) {
        err.println(line);
        err.flush();
    }
}
