package dev.sluice.tasks.code;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Cuts a stream of bytes into lines of at most 16 KiB, decoded as UTF-8 with replacement and
 * without what could drive a terminal. A carriage return ends a line too, so that progress bars
 * arrive. Belongs to one thread at a time.
 */
final class LineSplitter {
    static final int MAX_LINE_BYTES = 16 * 1024;
    private static final Pattern ESCAPES =
            Pattern.compile(
                    "\u001b(\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001b]*(\u0007|\u001b\\\\)|.)?");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\u0080-\u009f&&[^\t]]");

    private final Consumer<String> lines;
    private final byte[] held = new byte[MAX_LINE_BYTES];
    private int length;
    private boolean afterReturn;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    void add(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r') {
                if (b == '\r' || !afterReturn) {
                    emit(length);
                }
                afterReturn = b == '\r';
                continue;
            }
            afterReturn = false;
            if (length == MAX_LINE_BYTES) {
                emit(wholeCharacters());
            }
            held[length++] = b;
        }
    }

    /** Emits what has no line end. */
    void end() {
        if (length > 0) {
            emit(length);
        }
    }

    private void emit(int count) {
        lines.accept(printable(new String(held, 0, count, StandardCharsets.UTF_8)));
        System.arraycopy(held, count, held, 0, length - count);
        length -= count;
    }

    /** How many of the held bytes end with a whole character. */
    private int wholeCharacters() {
        int start = length;
        while (start > length - 4 && (held[start - 1] & 0xC0) == 0x80) {
            start--;
        }
        int lead = held[start - 1] & 0xFF;
        int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        return length - (start - 1) < size ? start - 1 : length;
    }

    /** Without escape sequences; other control characters become U+FFFD. */
    static String printable(String text) {
        String plain = text.indexOf('\u001b') < 0 ? text : ESCAPES.matcher(text).replaceAll("");
        return CONTROLS.matcher(plain).replaceAll("\uFFFD");
    }
}
