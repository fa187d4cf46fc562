package dev.sluice.sandbox.bwrap;

import dev.sluice.sandbox.jail.Jail;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox of bubblewrap's namespaces on top of the jail's filter, limits and users: files that
 * were not granted do not exist, nor do other processes, networks, or shared memory. What lies at a
 * path outside lies there inside too. {@code /tmp} and {@code /dev/shm} are the attempt's own, in
 * memory, and gone after it.
 *
 * <p>Bubblewrap itself starts with an empty environment and no descriptor but those of the attempt
 * and the filter: it would pass on what it has. Thread-safe.
 */
public final class Bwrap implements Sandbox {
    /** Whether there is this sandbox on this machine. */
    public sealed interface Opened {
        record Usable(Bwrap bwrap) implements Opened {}

        /**
         * @param reason one line: what is missing or did not hold, and what would help
         */
        record Unusable(String reason, List<Probe> probes) implements Opened {}
    }

    /** Bubblewrap's own two: the one that waits outside, and the first of the namespace. */
    private static final int OWN_PROCESSES = 2;

    private static final String SCRATCH_BYTES = String.valueOf(64 << 20);
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"));

    /** Programs and libraries, each a folder or, where /usr is merged, a link into it. */
    private static final List<String> SYSTEM =
            List.of("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin");

    /** As in the jail: what the loader, the clock and OpenSSL read. */
    private static final List<String> SETTINGS =
            List.of(
                    "/etc/ld.so.cache",
                    "/etc/alternatives",
                    "/etc/localtime",
                    "/etc/ssl/certs",
                    "/etc/ssl/openssl.cnf",
                    "/etc/pki/tls/openssl.cnf",
                    "/etc/crypto-policies");

    private final Jail jail;
    private final Path program;
    private final List<String> frame;
    private final List<Probe> probes;

    private Bwrap(Jail jail, Path program, List<Probe> probes) {
        this.jail = jail;
        this.program = program;
        this.frame = frame();
        this.probes = List.copyOf(probes);
    }

    /**
     * Looks for bubblewrap and tries it; costs about a hundred milliseconds.
     *
     * @param jail of this machine, which starts and limits all that runs
     */
    public static Opened open(Jail jail) throws InterruptedException {
        Path program = null;
        for (Path place : PLACES) {
            if (program == null && Files.isExecutable(place.resolve("bwrap"))) {
                program = place.resolve("bwrap");
            }
        }
        if (program == null) {
            return new Opened.Unusable(
                    "bwrap is not installed (looked in /usr/bin and /usr/local/bin): apt-get"
                            + " install bubblewrap",
                    List.of());
        }
        List<Probe> probes = BwrapSelfTest.run(new Bwrap(jail, program, List.of()));
        for (Probe probe : probes) {
            if (!probe.held()) {
                String reason = "bwrap cannot be used: it did not hold: " + probe.name() + ": ";
                return new Opened.Unusable(
                        reason + probe.evidence() + "; " + probe.remedy(), probes);
            }
        }
        return new Opened.Usable(new Bwrap(jail, program, probes));
    }

    private static List<String> frame() {
        var frame = new ArrayList<String>();
        frame.addAll(List.of("--seccomp", String.valueOf(Jail.FILTER_DESCRIPTOR)));
        frame.addAll(List.of("--unshare-all", "--unshare-user", "--disable-userns"));
        // Not --die-with-parent: to the kernel the parent is the launch thread, which dies at once.
        // Not --new-session: it starts in one of its own, and is to be killed as one group.
        frame.addAll(List.of("--cap-drop", "ALL"));
        frame.addAll(List.of("--uid", "65534", "--gid", "65534", "--hostname", "sandbox"));
        for (String folder : SYSTEM) {
            Path path = Path.of(folder);
            String target = target(path);
            if (target != null) {
                frame.addAll(List.of("--symlink", target, folder));
            } else if (Files.exists(path)) {
                frame.addAll(List.of("--ro-bind", folder, folder));
            }
        }
        for (String setting : settings()) {
            frame.addAll(List.of("--ro-bind-try", setting, setting));
        }
        frame.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        for (String scratch : List.of("/dev/shm", "/tmp")) {
            frame.addAll(List.of("--size", SCRATCH_BYTES, "--tmpfs", scratch));
        }
        frame.addAll(List.of("--remount-ro", "/dev"));
        return List.copyOf(frame);
    }

    private static List<String> settings() {
        var settings = new ArrayList<>(SETTINGS);
        try (var python = Files.newDirectoryStream(Path.of("/etc"), "python3*")) {
            python.forEach(path -> settings.add(path.toString()));
        } catch (IOException e) {
            // no system Python, then
        }
        return settings;
    }

    private static @Nullable String target(Path path) {
        try {
            return Files.isSymbolicLink(path) ? Files.readSymbolicLink(path).toString() : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public Rung rung() {
        return Rung.BWRAP;
    }

    @Override
    public List<Probe> probes() {
        return probes;
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        check(launch);
        var command = new ArrayList<String>();
        command.add(program.toString());
        command.addAll(frame);
        for (Path path : launch.readOnly()) {
            command.addAll(List.of("--ro-bind", path.toString(), path.toString()));
        }
        for (Path path : launch.readWrite()) {
            command.addAll(List.of("--bind", path.toString(), path.toString()));
        }
        command.addAll(List.of("--chdir", launch.workDir().toString(), "--clearenv"));
        for (Map.Entry<String, String> variable : launch.env().entrySet()) {
            command.addAll(List.of("--setenv", variable.getKey(), variable.getValue()));
        }
        command.add("--");
        command.addAll(launch.command());
        return jail.run(new Jail.Wrapped(launch, command, OWN_PROCESSES), output);
    }

    /** What bubblewrap would only tell on the attempt's own stderr. */
    private static void check(Launch launch) throws SandboxException {
        for (Path path :
                Stream.concat(launch.readOnly().stream(), launch.readWrite().stream()).toList()) {
            if (!path.isAbsolute() || !Files.exists(path)) {
                throw new SandboxException("the sandbox cannot open " + path + " (no such file)");
            }
        }
        if (launch.command().isEmpty() || !launch.command().getFirst().startsWith("/")) {
            throw new SandboxException(
                    "the sandbox starts programs by their absolute path, not " + launch.command());
        }
        Path program = Path.of(launch.command().getFirst());
        boolean granted =
                Stream.concat(SYSTEM.stream().map(Path::of), launch.readOnly().stream())
                        .anyMatch(program::startsWith);
        if (!granted || !Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new SandboxException(
                    "the sandbox could not start "
                            + program
                            + ": access denied: it is not executable, or not among what the launch"
                            + " grants");
        }
    }
}
