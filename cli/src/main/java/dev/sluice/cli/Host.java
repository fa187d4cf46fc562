package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.Problem;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the program that holds the engine lends to the command line. */
public interface Host {
    /** Checks a flow's text against the task types there are. Runs nothing. */
    Checked check(String text);

    /**
     * @param flow null if there are problems
     * @param problems in the order of the text
     */
    record Checked(@Nullable Flow flow, List<Problem> problems) {}

    /** The formats that {@link #draw} knows, as words. */
    List<String> pictureFormats();

    /**
     * The picture of a flow that has no mistakes.
     *
     * @param format one of {@link #pictureFormats}
     */
    String draw(String text, String format);

    /** Tries what this machine can do. Slow: it starts processes and waits for the disk. */
    List<Finding> examine(Path data);

    /**
     * Becomes the owner of a data directory, making it where there is none.
     *
     * @throws HeldException if another process owns it
     * @throws Refusal if it cannot be used, or if what is granted is malformed
     */
    Workspace own(Path data, Grants grants) throws HeldException, Refusal;

    /**
     * What the user allows the flows of this process.
     *
     * @param unsafeProcess user code runs as a plain process, unconfined
     * @param folders that flows may read and write beside their own
     * @param hosts that http tasks may call though their addresses are not public: {@code host} or
     *     {@code host:port}
     */
    record Grants(boolean unsafeProcess, List<Path> folders, List<String> hosts) {
        public static final Grants NONE = new Grants(false, List.of(), List.of());
    }

    /**
     * What {@code doctor} found out about one thing.
     *
     * @param evidence what was seen, in one line
     * @param remedy one line, or null where there is nothing to do
     */
    record Finding(
            String group, String name, Verdict verdict, String evidence, @Nullable String remedy) {}

    enum Verdict {
        GOOD,
        /** Not there and not needed by everyone. */
        MISSING,
        BAD
    }

    /** Another process owns the data directory; the message says which. */
    final class HeldException extends Exception {
        private static final long serialVersionUID = 1;

        public HeldException(String message) {
            super(message);
        }
    }
}
