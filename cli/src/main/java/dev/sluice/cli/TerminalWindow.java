package dev.sluice.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sun.misc.Signal;

/** The size the launcher saw, measured again when the terminal says that it has changed. */
final class TerminalWindow implements Terminal.Window {
    private static final Pattern FORM = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");
    private static final Terminal.FixedWindow USUAL = new Terminal.FixedWindow(80, 24);

    private final AtomicReference<Terminal.FixedWindow> size;

    private TerminalWindow(Terminal.FixedWindow size) {
        this.size = new AtomicReference<>(size);
    }

    static TerminalWindow of(String size) {
        return new TerminalWindow(parse(size, USUAL));
    }

    /** Begins to listen for changes; a platform without the signal keeps the first size. */
    void listen() {
        try {
            Signal.handle(new Signal("WINCH"), _ -> Thread.ofVirtual().start(this::measure));
        } catch (IllegalArgumentException e) {
            // No such signal here.
        }
    }

    private void measure() {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String answer =
                    new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroy();
            }
            size.updateAndGet(before -> parse(answer, before));
        } catch (IOException e) {
            // The old size is good enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Terminal.FixedWindow parse(String text, Terminal.FixedWindow otherwise) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return otherwise;
        }
        int rows = Integer.parseInt(matcher.group(1));
        int columns = Integer.parseInt(matcher.group(2));
        return rows < 2 || columns < 10 ? otherwise : new Terminal.FixedWindow(columns, rows);
    }

    @Override
    public int columns() {
        return size.get().columns();
    }

    @Override
    public int rows() {
        return size.get().rows();
    }
}
