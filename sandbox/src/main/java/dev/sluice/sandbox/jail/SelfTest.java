package dev.sluice.sandbox.jail;

import dev.sluice.sandbox.jail.Confinement.Step;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.Sandbox.Probe;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Tries the jail from inside. System calls are tried by a confined thread of the server itself,
 * which needs no interpreter; what takes a process is tried by two runs of {@code /bin/sh}.
 * Arguments are such that a call which is not stopped fails with another error than the filter's.
 */
final class SelfTest {
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int AF_INET = 2;
    private static final int NO_SUCH_PID = 0x3fffffff;
    private static final int CLONE_NEWUSER = 0x10000000;
    private static final int AT_FDCWD = -100;
    private static final String CANARY = "sluice-canary-5f1c";

    private final Jail.Parts parts;
    private final Jail jail;
    private final List<Probe> probes = new ArrayList<>();

    private SelfTest(Jail.Parts parts) {
        this.parts = parts;
        this.jail = new Jail(parts, List.of());
    }

    /** All probes, in the order they were made. */
    static List<Probe> run(Jail.Parts parts) throws InterruptedException {
        Path outside = null;
        try {
            outside = Files.createTempDirectory("sluice-selftest");
            Folders.openToOthers(outside);
            var test = new SelfTest(parts);
            test.fromThread();
            test.fromShell(outside);
            test.memory(outside);
            return test.probes;
        } catch (IOException e) {
            throw new UncheckedIOException("the self-test needs a temporary folder", e);
        } finally {
            Folders.delete(outside);
        }
    }

    private record Try(String name, Step step, LongPredicate held) {}

    private void fromThread() throws IOException, InterruptedException {
        int ruleset = parts.landlock().ruleset();
        int progress = parts.kernel().eventDescriptor();
        try (Arena arena = Arena.ofShared();
                var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Try> tries = tries(arena, server.getLocalPort());
            List<Step> steps = Surrender.steps(arena, parts, null, false, ruleset, parts.filter());
            int filter = steps.size() - 1;
            tries.forEach(attempt -> steps.add(attempt.step));
            var confinement =
                    new Confinement(
                            arena, parts.kernel().calls, steps, filter, false, null, progress);
            Thread thread = Thread.ofPlatform().name("jail-selftest").start(confinement);
            thread.join();
            if (confinement.listener() >= 0) {
                parts.kernel().close(confinement.listener());
            }
            for (int i = 0; i <= filter; i++) {
                if (confinement.results[i] < 0) {
                    String refused = told(confinement.results[i]);
                    add(steps.get(i).name(), false, refused, "see the sandbox's requirements");
                }
            }
            for (int i = 0; i < tries.size(); i++) {
                long result = confinement.results[filter + 1 + i];
                Try attempt = tries.get(i);
                add(attempt.name, attempt.held.test(result), told(result), null);
            }
        } finally {
            parts.kernel().close(ruleset);
            parts.kernel().close(progress);
        }
    }

    private static List<Try> tries(Arena arena, int port) {
        LongPredicate notPermitted = result -> result == -EPERM;
        long shadow = arena.allocateFrom("/etc/shadow").address();
        return List.of(
                new Try(
                        "read /etc/shadow",
                        new Step("openat", AT_FDCWD, shadow, 0, 0),
                        result -> result == -EACCES),
                new Try(
                        "socket to port " + port + " of this machine",
                        new Step("socket", AF_INET, 1, 0),
                        notPermitted),
                new Try("trace a process", new Step("ptrace", 16, NO_SUCH_PID, 0, 0), notPermitted),
                new Try(
                        "read a process's memory",
                        new Step("process_vm_readv", NO_SUCH_PID, 0, 0, 0, 0, 0),
                        notPermitted),
                new Try("user namespace", new Step("unshare", CLONE_NEWUSER), notPermitted),
                new Try("io_uring", new Step("io_uring_setup", 0, 0), notPermitted),
                new Try("load a kernel program", new Step("bpf", -1, 0, 0), notPermitted));
    }

    private void fromShell(Path outside) throws IOException, InterruptedException {
        Path canary = Files.writeString(outside.resolve("canary"), CANARY);
        Path work = Files.createDirectory(outside.resolve("work"));
        Path target = outside.resolve("written");
        Folders.openToOthers(canary);
        String script =
                """
                read x < %1$s && echo "read: $x"
                echo > %2$s && echo wrote
                kill -0 %3$d && echo signalled
                (exit 7); [ $? = 7 ] && echo forked
                echo > mine && [ -f mine ] && echo kept
                set
                echo finished
                """
                        .formatted(canary, target, ProcessHandle.current().pid());
        String seen = shell(script, work, 64);
        boolean whole = seen.endsWith("finished\n");
        add(
                "read a file outside",
                whole && !seen.contains("read: "),
                first(seen, "read", "denied"),
                null);
        add("write outside", whole && !Files.exists(target), first(seen, "wrote", "denied"), null);
        add(
                "signal the server",
                whole && !seen.contains("signalled"),
                first(seen, "signalled", "denied"),
                parts.landlock().abi < 6
                        ? "Linux 6.12 or newer, or run the server as root so that each attempt"
                                + " gets a user of its own"
                        : null);
        boolean leaks =
                System.getenv().entrySet().stream()
                        .anyMatch(e ->
                                e.getValue().length() > 8
                                        && !List.of("PATH", "PWD").contains(e.getKey())
                                        && seen.contains(e.getKey() + "=")
                                        && seen.contains(e.getValue()));
        add("environment of the server", !leaks, leaks ? "seen" : "not passed on", null);
        boolean works = seen.contains("forked") && seen.contains("kept");
        add("fork, and write to its own folder", works, works ? "works" : seen.strip(), null);
    }

    private void memory(Path outside) throws IOException, InterruptedException {
        Path work = Files.createDirectory(outside.resolve("memory"));
        var seen = new StringBuilder();
        Sandbox.Exit exit = launch("x=0123456789abcdef; while :; do x=$x$x; done", work, 16, seen);
        boolean held = exit != null && exit.limit() != null && exit.limit().startsWith("memory");
        add(
                "memory limit of 16 MiB",
                held,
                exit == null ? seen.toString() : "ended: " + exit.limit() + ", " + exit.code(),
                null);
    }

    private String shell(String script, Path work, int memoryMib) throws InterruptedException {
        var seen = new StringBuilder();
        Sandbox.Exit exit = launch(script, work, memoryMib, seen);
        return exit == null ? "not started: " + seen : seen.toString();
    }

    private Sandbox.@Nullable Exit launch(
            String script, Path work, int memoryMib, StringBuilder seen)
            throws InterruptedException {
        var limits =
                new Sandbox.Limits(
                        (long) memoryMib << 20,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        16,
                        1 << 20,
                        64,
                        1 << 16);
        var launch =
                new Sandbox.Launch(
                        List.of("/bin/sh", "-c", script),
                        Map.of("PATH", "/usr/bin:/bin"),
                        work,
                        List.of(),
                        List.of(work),
                        limits);
        try {
            return jail.run(launch, new Collected(seen));
        } catch (SandboxException e) {
            seen.append(e.getMessage());
            return null;
        }
    }

    private record Collected(StringBuilder seen) implements Sandbox.Output {
        @Override
        public void stdout(byte[] bytes, int length) {
            seen.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void stderr(byte[] bytes, int length) {
            // the shell's complaints about what was denied
        }

        @Override
        public void control(byte[] bytes, int length) {}
    }

    private static String first(String seen, String word, String otherwise) {
        return seen.startsWith("not started") ? seen : seen.contains(word) ? "it could" : otherwise;
    }

    private static String told(long result) {
        return result >= 0
                ? "allowed"
                : "error " + -result + KernelException.meaning((int) -result);
    }

    private void add(String name, boolean held, String evidence, @Nullable String remedy) {
        String advice = remedy == null ? "report this with the output of sluice doctor" : remedy;
        probes.add(new Probe(name, held, true, evidence, held ? null : advice));
    }
}
