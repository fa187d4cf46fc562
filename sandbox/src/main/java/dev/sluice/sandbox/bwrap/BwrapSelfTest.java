package dev.sluice.sandbox.bwrap;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.Sandbox.Probe;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tries bubblewrap from inside, by one run of {@code /bin/sh}. */
final class BwrapSelfTest {
    private static final String CANARY = "sluice-canary-5f1c";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String REPORT = "report this with the output of sluice doctor";

    private BwrapSelfTest() {}

    /** All probes, in the order they were made. */
    static List<Probe> run(Bwrap bwrap) throws InterruptedException {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("sluice-selftest");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path canary = Files.writeString(folder.resolve("canary"), CANARY);
            Path work = Files.createDirectory(folder.resolve("work"));
            Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
            var seen = new StringBuilder();
            run(bwrap, script(canary, folder), work, seen);
            return probes(seen.toString(), folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the self-test needs a temporary folder", e);
        } finally {
            delete(folder);
        }
    }

    private static String script(Path canary, Path folder) {
        return """
        [ -e %1$s ] && echo outside-is-there
        [ -e /etc/passwd ] && echo etc-is-there
        echo > %2$s/written
        echo > /usr/written && echo wrote-system
        kill -0 %3$d && echo signalled
        [ -e /proc/%3$d ] && echo sees-processes
        tr '\\000' '\\n' < /proc/1/environ && echo end-of-environment
        { read heading; read route; } < /proc/net/route && echo sees-network
        unshare -U true 2>/dev/null && echo made-namespace
        grep -q 'Seccomp:.2' /proc/self/status && echo filtered
        echo > /dev/shm/x && echo > /tmp/x && echo > mine && (exit 7); [ $? = 7 ] && echo works
        echo finished
        """
                .formatted(canary, folder, ProcessHandle.current().pid());
    }

    private static List<Probe> probes(String seen, Path folder) {
        boolean whole = seen.endsWith("finished\n");
        var probes = new ArrayList<Probe>();
        String why =
                whole
                        ? "works"
                        : seen.isBlank()
                                ? "it ended at once"
                                : seen.strip().replaceAll("\\s+", " ");
        probes.add(
                probe(
                        "start in namespaces of its own",
                        whole,
                        why,
                        "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, and on"
                                + " Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), or stay with"
                                + " the jail"));
        if (!whole) {
            return probes;
        }
        denied(probes, seen, "find a file outside", "outside-is-there");
        denied(probes, seen, "find /etc/passwd", "etc-is-there");
        boolean written = Files.exists(folder.resolve("written"));
        probes.add(
                probe(
                        "write outside",
                        !written,
                        written ? "it could" : "nothing came out",
                        REPORT));
        denied(probes, seen, "write /usr", "wrote-system");
        denied(probes, seen, "signal the server", "signalled");
        denied(probes, seen, "see the server's process", "sees-processes");
        denied(probes, seen, "find a way into a network", "sees-network");
        denied(probes, seen, "make a namespace", "made-namespace");
        int end = seen.indexOf("end-of-environment");
        int variables =
                end < 0
                        ? 0
                        : (int)
                                seen.substring(0, end)
                                        .lines()
                                        .filter(line -> line.contains("="))
                                        .count();
        probes.add(
                probe(
                        "environment of bubblewrap",
                        variables == 0,
                        variables == 0 ? "empty" : variables + " variables",
                        REPORT));
        boolean filtered = seen.contains("filtered\n");
        probes.add(probe("the jail's filter", filtered, filtered ? "in force" : "absent", REPORT));
        boolean works = seen.contains("works\n");
        probes.add(
                probe(
                        "fork, and write to its folder, /tmp and /dev/shm",
                        works,
                        works ? "works" : "denied",
                        REPORT));
        return probes;
    }

    private static void denied(List<Probe> probes, String seen, String name, String word) {
        boolean could = seen.contains(word + "\n");
        probes.add(probe(name, !could, could ? "it could" : "denied", REPORT));
    }

    private static Probe probe(String name, boolean held, String evidence, String remedy) {
        return new Probe(name, held, true, evidence, held ? null : remedy);
    }

    private static void run(Bwrap bwrap, String script, Path work, StringBuilder seen)
            throws InterruptedException {
        var limits = new Sandbox.Limits(64 << 20, PATIENCE, PATIENCE, 16, 1 << 20, 64, 1 << 16);
        try {
            Sandbox.Exit exit =
                    bwrap.run(
                            new Sandbox.Launch(
                                    List.of("/bin/sh", "-c", script),
                                    Map.of("PATH", "/usr/bin:/bin"),
                                    work,
                                    List.of(),
                                    List.of(work),
                                    limits),
                            new Collected(seen));
            if (exit.code() != 0 || exit.limit() != null) {
                seen.append("it ended with ").append(exit.code());
                seen.append(exit.limit() == null ? "" : ": " + exit.limit());
            }
        } catch (SandboxException e) {
            seen.append(e.getMessage());
        }
    }

    /** What the shell complains of, since it was denied, is of no interest; bubblewrap's is. */
    private record Collected(StringBuilder seen) implements Sandbox.Output {
        @Override
        public void stdout(byte[] bytes, int length) {
            seen.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void stderr(byte[] bytes, int length) {
            String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            if (text.startsWith("bwrap:")) {
                seen.append(text);
            }
        }

        @Override
        public void control(byte[] bytes, int length) {}
    }

    private static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // in the temporary folder: the system clears it
        }
    }
}
