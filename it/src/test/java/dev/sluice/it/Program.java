package dev.sluice.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The program in a process of its own, as the launcher starts it, on the test's class path. */
final class Program implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final Thread errorReader;
    private final Thread outputReader;
    private final List<Waiting> waiting = new CopyOnWriteArrayList<>();

    private record Waiting(Predicate<String> wanted, CompletableFuture<String> line) {}

    /** What a process that has ended left. */
    record Result(int code, String output, String errors) {}

    private Program(Process process) {
        this.process = process;
        this.errorReader =
                Thread.ofVirtual()
                        .start(() -> read(process.errorReader(StandardCharsets.UTF_8), errors));
        this.outputReader =
                Thread.ofVirtual()
                        .start(() ->
                                read(
                                        new BufferedReader(
                                                new InputStreamReader(
                                                        process.getInputStream(),
                                                        StandardCharsets.UTF_8)),
                                        output));
    }

    static Program start(Path folder, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.sluice.app.Main"));
        command.addAll(List.of(arguments));
        return new Program(new ProcessBuilder(command).directory(folder.toFile()).start());
    }

    static Result run(Path folder, String... arguments) throws Exception {
        try (Program program = start(folder, arguments)) {
            return program.end();
        }
    }

    private void read(BufferedReader reader, List<String> lines) {
        try (reader) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(line);
                String seen = line;
                waiting.stream()
                        .filter(w -> w.wanted().test(seen))
                        .forEach(w -> w.line().complete(seen));
            }
        } catch (IOException e) {
            lines.add("(" + e.getMessage() + ")"); // the process was killed
        }
    }

    /** The first line of either stream that is as wanted; completes also for one already seen. */
    CompletableFuture<String> line(Predicate<String> wanted) {
        Waiting entry = new Waiting(wanted, new CompletableFuture<>());
        waiting.add(entry);
        errors.stream().filter(wanted).findFirst().ifPresent(entry.line()::complete);
        output.stream().filter(wanted).findFirst().ifPresent(entry.line()::complete);
        return entry.line();
    }

    Process process() {
        return process;
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ctrl-C. */
    void interrupt() throws Exception {
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
    }

    Result end() throws Exception {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError(
                    "did not end within " + PATIENCE + ": " + String.join("\n", errors));
        }
        errorReader.join();
        outputReader.join();
        return new Result(
                process.exitValue(), String.join("\n", output), String.join("\n", errors));
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
