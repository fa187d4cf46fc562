package dev.sluice.sandbox;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * No sandbox: a plain process of the server's user, which can do whatever the server can. For
 * development, and only where the operator has asked for it ({@code --unsafe-process}). Of the
 * limits it keeps wall-clock time and output; it kills the descendants that it can still see.
 * Descriptor 3 is a file, whose bytes are handed over when the process has ended. Thread-safe.
 */
public final class UnsafeProcess implements Sandbox {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    @Override
    public Rung rung() {
        return Rung.PROCESS;
    }

    @Override
    public List<Probe> probes() {
        return List.of(
                new Probe(
                        "confinement",
                        false,
                        false,
                        "none: user code can do whatever the server can",
                        "leave out --unsafe-process"));
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        if (!Files.isExecutable(Path.of(launch.command().getFirst()))) {
            throw new SandboxException(
                    launch.command().getFirst() + " is not there or not executable");
        }
        Path control = null;
        try {
            control = Files.createTempFile("sluice-control", "");
            return run(launch, output, control);
        } catch (IOException e) {
            throw new SandboxException(
                    launch.command().getFirst() + " could not be started: " + e.getMessage());
        } finally {
            delete(control);
        }
    }

    private static Exit run(Launch launch, Output output, Path control)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of("/bin/sh", "-c", "exec 3>\"$0\"; exec \"$@\"", control.toString()));
        command.addAll(launch.command());
        var builder =
                new ProcessBuilder(command)
                        .directory(launch.workDir().toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().putAll(launch.env());
        long start = System.nanoTime();
        Process process = builder.start();
        var left = new AtomicLong(launch.limits().outputBytes());
        var dropped = new AtomicLong();
        Thread stdout =
                Thread.startVirtualThread(
                        () -> pump(process.getInputStream(), output::stdout, left, dropped));
        Thread stderr =
                Thread.startVirtualThread(
                        () -> pump(process.getErrorStream(), output::stderr, left, dropped));
        String limit = null;
        try {
            Duration wall = launch.limits().wallTime();
            if (!process.waitFor(wall.toMillis(), TimeUnit.MILLISECONDS)) {
                limit = "wall-clock limit " + wall.toMillis() / 1000.0 + " s exceeded";
            }
        } finally {
            // not Process.destroy, which throws away what was not read yet
            List<ProcessHandle> all =
                    Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
            all.forEach(ProcessHandle::destroyForcibly);
            // Whoever interrupts may count on it that the process is gone. Not its orphans: where
            // this process is their reaper, they stay in the table until somebody waits for them.
            process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
        }
        int code = process.waitFor();
        // a survivor that it cannot see may hold the pipes open for ever
        if (!stdout.join(LAST_WORDS) | !stderr.join(LAST_WORDS)) {
            process.destroyForcibly();
        }
        try (InputStream in = Files.newInputStream(control)) {
            byte[] bytes = new byte[CHUNK_BYTES];
            for (int n; (n = in.read(bytes)) >= 0; ) {
                output.control(bytes, n);
            }
        }
        long wallMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return new Exit(code, limit, dropped.get(), new Usage(0, 0, wallMillis));
    }

    private interface Sink {
        void take(byte[] bytes, int length);
    }

    private static void pump(InputStream in, Sink sink, AtomicLong left, AtomicLong dropped) {
        byte[] bytes = new byte[CHUNK_BYTES];
        try {
            for (int n; (n = in.read(bytes)) >= 0; ) {
                long before = left.getAndAdd(-n);
                int taken = (int) Math.clamp(before, 0, n);
                dropped.addAndGet(n - taken);
                if (taken > 0) {
                    sink.take(bytes, taken);
                }
            }
        } catch (IOException closed) {
            // the process is gone, and what it wrote with it
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // in the temporary folder, and empty or small: not worth failing an attempt that ended
        }
    }
}
