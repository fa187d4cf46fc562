package dev.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cli.Host.Finding;
import dev.sluice.cli.Host.Verdict;
import dev.sluice.sandbox.bwrap.Bwrap;
import dev.sluice.sandbox.jail.Jail;
import dev.sluice.spi.Sandbox;
import dev.sluice.store.DataDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What this machine can do, tried out. */
final class Examination {
    private static final int SYNCS = 50;
    private static final long ANSWER_SECONDS_MAX = 5;

    private final Path data;
    private final List<Finding> findings = new ArrayList<>();

    Examination(Path data) {
        this.data = data;
    }

    List<Finding> findings() {
        java();
        sandbox();
        directory();
        disk();
        tool(
                "Optional tools",
                "bwrap",
                "for the sandbox's next rung: apt install bubblewrap",
                "bwrap",
                "--version");
        tool(
                "Optional tools",
                "docker",
                "for container tasks: https://docs.docker.com/engine/install",
                "docker",
                "--version");
        tool(
                "Optional tools",
                "podman",
                "for container tasks: apt install podman",
                "podman",
                "--version");
        return List.copyOf(findings);
    }

    private void java() {
        add(
                "Programs",
                "Java",
                Verdict.GOOD,
                Runtime.version() + " in " + System.getProperty("java.home"),
                null);
        tool("Programs", "Python", "for python tasks: apt install python3", "python3", "--version");
        tool("Programs", "Node", "for node tasks: apt install nodejs", "node", "--version");
    }

    private void tool(String group, String name, String remedy, String... command) {
        String answer = firstLine(command);
        findings.add(
                answer == null
                        ? new Finding(group, name, Verdict.MISSING, "not found", remedy)
                        : new Finding(group, name, Verdict.GOOD, answer, null));
    }

    /** The first line that a program prints, or null if it does not run. */
    private static @Nullable String firstLine(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                            .start();
            if (!process.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return null;
            }
            String text = new String(process.getInputStream().readNBytes(4096), UTF_8);
            return process.exitValue() == 0 ? text.lines().findFirst().orElse("") : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** The jail as it really holds here, never as it is remembered. */
    private void sandbox() {
        try {
            switch (Jail.open(null)) {
                case Jail.Opened.Usable usable -> {
                    add(
                            "Sandbox",
                            "Rung",
                            Verdict.GOOD,
                            "jail: Landlock, seccomp and limits; user code runs in it",
                            null);
                    usable.jail().probes().forEach(this::probe);
                    bwrap(usable.jail());
                }
                case Jail.Opened.Unusable unusable -> {
                    add(
                            "Sandbox",
                            "Rung",
                            Verdict.BAD,
                            unusable.reason(),
                            "python, shell and node tasks are refused until then; code that you"
                                    + " trust can run with --unsafe-process");
                    unusable.probes().forEach(this::probe);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next rung, for tasks that ask for it. */
    private void bwrap(Jail jail) throws InterruptedException {
        switch (Bwrap.open(jail)) {
            case Bwrap.Opened.Usable usable -> {
                add(
                        "Sandbox",
                        "Rung",
                        Verdict.GOOD,
                        "bwrap: namespaces on top of the jail; for tasks with sandbox: bwrap",
                        null);
                usable.bwrap().probes().forEach(this::probe);
            }
            case Bwrap.Opened.Unusable unusable ->
                    add(
                            "Sandbox",
                            "Rung bwrap",
                            Verdict.MISSING,
                            unusable.reason(),
                            "tasks with sandbox: bwrap are refused until then");
        }
    }

    private void probe(Sandbox.Probe probe) {
        Verdict bad = probe.required() ? Verdict.BAD : Verdict.MISSING;
        add(
                "Sandbox",
                probe.name(),
                probe.held() ? Verdict.GOOD : bad,
                probe.evidence(),
                probe.held() ? null : probe.remedy());
    }

    private void add(
            String group, String name, Verdict verdict, String evidence, @Nullable String remedy) {
        findings.add(new Finding(group, name, verdict, evidence, remedy));
    }

    private void directory() {
        DataDirectory.Holder holder = DataDirectory.holder(data);
        Path existing = data.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isWritable(existing)) {
            add(
                    "Data",
                    "Directory",
                    Verdict.BAD,
                    data + " cannot be written to",
                    "make it writable for this user, or name another with --data");
            return;
        }
        add(
                "Data",
                "Directory",
                Verdict.GOOD,
                data
                        + (Files.exists(data) ? "" : " (not there yet)")
                        + (holder == null ? "" : ", last held by " + holder)
                        + ", "
                        + free(existing),
                null);
    }

    private static String free(Path path) {
        try {
            return String.format(
                    Locale.ROOT, "%.1f GB free", Files.getFileStore(path).getUsableSpace() / 1e9);
        } catch (IOException e) {
            return "free space unknown";
        }
    }

    /** The median time until a page is safely on the data directory's disk. */
    private void disk() {
        Path folder = data.toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        try {
            Path file = Files.createTempFile(folder, "sluice-sync", "");
            long[] nanos = new long[SYNCS];
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (int i = 0; i < SYNCS; i++) {
                    long start = System.nanoTime();
                    channel.write(ByteBuffer.allocate(4096), 0);
                    channel.force(true);
                    nanos[i] = System.nanoTime() - start;
                }
            } finally {
                Files.delete(file);
            }
            Arrays.sort(nanos);
            double median = nanos[SYNCS / 2] / 1e6;
            add(
                    "Data",
                    "Disk sync",
                    Verdict.GOOD,
                    String.format(
                            Locale.ROOT,
                            "%.2f ms in the median of %d, %.2f ms at most",
                            median,
                            SYNCS,
                            nanos[SYNCS - 1] / 1e6),
                    median > 10
                            ? "each step of a run waits for it: a disk that syncs faster"
                                    + " makes runs faster"
                            : null);
        } catch (IOException e) {
            add(
                    "Data",
                    "Disk sync",
                    Verdict.BAD,
                    "could not be measured: " + e.getMessage(),
                    "make the data directory writable, or name another with --data");
        }
    }
}
