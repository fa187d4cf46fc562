package dev.sluice.tasks.code;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** Runs a launch unconfined, for tests of what stands around it: environment, folders, streams. */
final class PlainProcesses implements Sandbox {
    private final Path control;
    private Launch last;

    PlainProcesses(Path folder) {
        control = folder.resolve("control");
    }

    Launch last() {
        return last;
    }

    @Override
    public Rung rung() {
        return Rung.PROCESS;
    }

    @Override
    public List<Probe> probes() {
        return List.of();
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        last = launch;
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "/bin/bash",
                                "-c",
                                "exec 3>\"$0\"; exec \"$@\" </dev/null",
                                control.toString()));
        command.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(command).directory(launch.workDir().toFile());
        builder.environment().clear();
        builder.environment().putAll(launch.env());
        try {
            Process process = builder.start();
            AtomicLong left = new AtomicLong(launch.limits().outputBytes());
            Thread out = pump(process.getInputStream(), output::stdout, left);
            Thread err = pump(process.getErrorStream(), output::stderr, left);
            boolean ended =
                    process.waitFor(launch.limits().wallTime().toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            out.join();
            err.join();
            byte[] messages = Files.readAllBytes(control);
            output.control(messages, messages.length);
            return new Exit(
                    process.exitValue(),
                    ended ? null : "wall time limit " + launch.limits().wallTime() + " exceeded",
                    Math.max(0, -left.get()),
                    new Usage(0, 0, 0));
        } catch (IOException e) {
            throw new SandboxException(e.toString());
        }
    }

    private static Thread pump(InputStream from, BiConsumer<byte[], Integer> to, AtomicLong left) {
        return Thread.ofVirtual()
                .start(() -> {
                    byte[] buffer = new byte[8192];
                    try (from) {
                        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                            long room = left.getAndAdd(-n);
                            if (room > 0) {
                                to.accept(buffer, (int) Math.min(n, room));
                            }
                        }
                    } catch (IOException _) {
                        // The process was killed: there is no more to read.
                    }
                });
    }
}
