package dev.sluice.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs user code confined. What it cannot enforce it refuses; it never downgrades. Thread-safe;
 * {@link #run} blocks the calling (virtual) thread until the whole process tree is gone.
 */
public interface Sandbox {
    Rung rung();

    /**
     * The probes made at start, with their evidence; a rung is offered only if every required one
     * held.
     */
    List<Probe> probes();

    /**
     * Runs a command to its end, kills what it leaves behind, and tells how it ended. Interrupting
     * the thread kills the tree.
     *
     * @throws SandboxException if it could not be started confined
     * @throws InterruptedException after the tree is gone, if the thread was interrupted
     */
    Exit run(Launch launch, Output output) throws SandboxException, InterruptedException;

    /**
     * The weakest sandbox of this one's that is at least as strong as asked. If there is none, what
     * is returned refuses to run anything and says what is missing; it is never a weaker one.
     */
    default Sandbox atLeast(Rung asked) {
        return rung().compareTo(asked) >= 0 ? this : new RefusingSandbox(asked, rung());
    }

    /** How strong the confinement is, weakest first. */
    enum Rung {
        PROCESS,
        JAIL,
        BWRAP,
        CONTAINER,
        KUBERNETES
    }

    /**
     * @param name what was tried, such as {@code read /etc/shadow}
     * @param held whether the confinement held
     * @param evidence what the probe saw, in one line
     * @param remedy one line, where it did not hold
     */
    record Probe(
            String name,
            boolean held,
            boolean required,
            String evidence,
            @Nullable String remedy) {}

    /**
     * A process to start.
     *
     * @param command absolute path of the program and its arguments
     * @param env the whole environment: nothing is inherited
     * @param workDir current folder; must lie in one of {@code readWrite}
     * @param readOnly files and folders it may read and execute, beside the system's libraries
     * @param readWrite folders it may change, but not execute from
     */
    record Launch(
            List<String> command,
            Map<String, String> env,
            Path workDir,
            List<Path> readOnly,
            List<Path> readWrite,
            Limits limits) {
        public Launch {
            command = List.copyOf(command);
            env = Map.copyOf(env);
            readOnly = List.copyOf(readOnly);
            readWrite = List.copyOf(readWrite);
        }
    }

    /**
     * @param memoryBytes of the whole tree
     * @param wallTime until the tree is killed
     * @param cpuTime of the whole tree, all processors added up
     * @param processes in the tree
     * @param diskBytes that the writable folders may grow to
     * @param outputBytes of stdout and stderr together; more is counted and dropped
     * @param files and folders that the writable folders may hold
     * @param cpus processors used at once, 0 for all; kept where the system has control groups for
     *     it
     */
    record Limits(
            long memoryBytes,
            Duration wallTime,
            Duration cpuTime,
            int processes,
            long diskBytes,
            int openFiles,
            long outputBytes,
            long files,
            double cpus) {
        private static final long FILES = 100_000;

        /** With room for a hundred thousand files, on all processors. */
        public Limits(
                long memoryBytes,
                Duration wallTime,
                Duration cpuTime,
                int processes,
                long diskBytes,
                int openFiles,
                long outputBytes) {
            this(
                    memoryBytes,
                    wallTime,
                    cpuTime,
                    processes,
                    diskBytes,
                    openFiles,
                    outputBytes,
                    FILES,
                    0);
        }
    }

    /** Takes what the process writes, called from one thread a stream, in order. */
    interface Output {
        void stdout(byte[] bytes, int length);

        void stderr(byte[] bytes, int length);

        /** Bytes of descriptor 3, which the process inherits as a pipe: progress, metrics. */
        void control(byte[] bytes, int length);
    }

    /**
     * @param code the exit code, or 128 + signal
     * @param limit which limit ended it, such as {@code memory limit 512 MiB exceeded at 530 MiB},
     *     or null
     * @param droppedBytes output beyond the limit
     */
    record Exit(int code, @Nullable String limit, long droppedBytes, Usage usage) {}

    /** What the tree used. */
    record Usage(long cpuMillis, long peakMemoryBytes, long wallMillis) {}
}
