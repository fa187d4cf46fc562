package dev.sluice.sandbox.jail;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sandbox that needs nothing but Linux and a JDK: Landlock, seccomp, resource limits, a user
 * per attempt if the server is root, and a watchdog. Its Javadoc is the design; what was tried is
 * in the project's notes on sandboxes, "L1".
 *
 * <p>Only the child is ever confined: see {@link Confinement} for what that takes in a virtual
 * machine. Thread-safe.
 */
public final class Jail implements Sandbox {
    /** A path of the system that every attempt may read, kept open. */
    record Grant(int descriptor, boolean folder, Landlock.Access access) {}

    /** What all attempts share. */
    record Parts(
            Kernel kernel,
            Landlock landlock,
            byte[] filter,
            List<Grant> system,
            int devNull,
            byte[] gate,
            MemorySegment attributes,
            long pageBytes,
            Poller poller,
            Processes processes,
            Watchdog watchdog,
            Slots slots,
            @Nullable Cgroups cgroups,
            IntSupplier usersTasks,
            long[] hardLimits,
            AtomicLong stamps) {
        boolean root() {
            return kernel.call("geteuid") == 0;
        }
    }

    /**
     * Programs and libraries. Not {@code /proc}: there the command lines of all processes stand. Of
     * {@code /etc} only what the loader, the clock and OpenSSL read, and Debian's Python.
     */
    private static final List<String> READABLE =
            List.of(
                    "/usr",
                    "/lib",
                    "/lib32",
                    "/lib64",
                    "/bin",
                    "/sbin",
                    "/etc/ld.so.cache",
                    "/etc/alternatives",
                    "/etc/localtime",
                    "/etc/ssl/certs",
                    "/etc/ssl/openssl.cnf",
                    "/etc/pki/tls/openssl.cnf",
                    "/etc/crypto-policies",
                    "/proc/cpuinfo",
                    "/proc/meminfo",
                    "/sys/devices/system/cpu",
                    "/dev/zero",
                    "/dev/urandom",
                    "/dev/random");

    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int O_RDWR = 2;
    private static final long STAMPS = 1L << 30;

    private final Parts parts;
    private final List<Probe> probes;

    Jail(Parts parts, List<Probe> probes) {
        this.parts = parts;
        this.probes = List.copyOf(probes);
    }

    /** Whether there is a jail on this machine. */
    public sealed interface Opened {
        record Usable(Jail jail) implements Opened {}

        /**
         * @param reason one line: what is missing or did not hold, and what would help
         */
        record Unusable(String reason, List<Probe> probes) implements Opened {}
    }

    /**
     * Makes the jail and tries it. Costs some hundred milliseconds once, so it is to be called when
     * user code is about to run, not at start. The jail lives as long as the server.
     *
     * @param cache a file among the data of this server alone. There it remembers that the probes
     *     held, for this kernel, JDK and user, so that a later start need not try again, and, in
     *     another file beside it, how to find what a killed server left running. Null for neither
     */
    public static Opened open(@Nullable Path cache) throws InterruptedException {
        Syscalls.Machine machine = Syscalls.Machine.current();
        if (!System.getProperty("os.name").equals("Linux") || machine == null) {
            return unusable(
                    "it needs Linux on amd64 or arm64, this is "
                            + System.getProperty("os.name")
                            + " on "
                            + System.getProperty("os.arch"));
        }
        List<String> missing = Native.missing();
        if (!missing.isEmpty()) {
            return unusable("it needs glibc 2.35 or newer; this system lacks " + missing);
        }
        Parts parts;
        List<Probe> probes;
        try {
            parts = assemble(machine);
            if (cache != null) {
                Path note = cache.resolveSibling(cache.getFileName() + ".stamps");
                Leftovers.end(note, parts.kernel(), parts.stamps().get(), STAMPS);
            }
            var remembered = new ProbeCache(cache, parts);
            List<Probe> known = remembered.read();
            probes = known.isEmpty() ? SelfTest.run(parts) : known;
            if (known.isEmpty() && failed(probes).isEmpty()) {
                remembered.write(probes);
            }
        } catch (KernelException e) {
            return unusable(
                    "it needs Linux 5.13 or newer with Landlock and seccomp: " + e.getMessage());
        }
        List<Probe> failed = failed(probes);
        if (failed.isEmpty()) {
            return new Opened.Usable(new Jail(parts, probes));
        }
        Probe first = failed.getFirst();
        String reason = "it did not hold: " + first.name() + ": " + first.evidence();
        return new Opened.Unusable(
                "the jail cannot be used: " + reason + "; " + first.remedy(), probes);
    }

    private static List<Probe> failed(List<Probe> probes) {
        return probes.stream().filter(probe -> probe.required() && !probe.held()).toList();
    }

    private static Opened unusable(String reason) {
        return new Opened.Unusable("the jail cannot be used: " + reason, List.of());
    }

    static Parts assemble(Syscalls.Machine machine) throws InterruptedException {
        var kernel = new Kernel(new Syscalls(machine));
        var landlock = new Landlock(kernel);
        Kernel.check("landlock_create_ruleset", landlock.abi);
        Confinement.rehearse(kernel);
        Purge.rehearse(kernel);
        Kernel.check("prctl", kernel.call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
        var system = new ArrayList<Grant>();
        for (Path path : readable()) {
            int descriptor = kernel.openPath(path);
            if (descriptor >= 0) {
                boolean folder = Files.isDirectory(path);
                system.add(new Grant(descriptor, folder, Landlock.Access.READ_EXECUTE));
            }
        }
        int devNull = (int) Kernel.check("open /dev/null", kernel.open("/dev/null", O_RDWR));
        system.add(new Grant(devNull, false, Landlock.Access.READ_WRITE));
        // real-time microseconds that no process can use up, random, so that servers do not meet
        long first = (1L << 61) + (new SecureRandom().nextLong(1L << 30) << 30);
        var processes = new Processes(first, first + STAMPS - 1);
        return new Parts(
                kernel,
                landlock,
                Filter.program(kernel.calls, landlock.abi),
                List.copyOf(system),
                devNull,
                Filter.gate(kernel.calls),
                Launcher.attributes(),
                pageBytes(),
                new Poller(kernel),
                processes,
                new Watchdog(processes),
                new Slots(kernel),
                Cgroups.find(),
                new UsersTasks(),
                Arrays.stream(Rlimit.values()).mapToLong(kernel::hardLimit).toArray(),
                new AtomicLong(first));
    }

    private static List<Path> readable() {
        var paths = new ArrayList<>(READABLE.stream().map(Path::of).toList());
        try (var python = Files.newDirectoryStream(Path.of("/etc"), "python3*")) {
            python.forEach(paths::add);
        } catch (IOException e) {
            // no system Python, then
        }
        return paths;
    }

    private static long pageBytes() {
        try (var auxv = new FileInputStream("/proc/self/auxv")) {
            var pairs =
                    ByteBuffer.wrap(auxv.readAllBytes())
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asLongBuffer();
            while (pairs.remaining() >= 2) {
                long type = pairs.get();
                long value = pairs.get();
                if (type == 6) { // AT_PAGESZ
                    return value;
                }
            }
        } catch (IOException e) {
            // the usual size, below
        }
        return 4096;
    }

    /** Whether the kernel keeps limits of memory and processors for each attempt. */
    boolean hasCgroups() {
        return parts.cgroups() != null;
    }

    /** The first of the stamps that this jail gives to its attempts. */
    long firstStamp() {
        return parts.stamps().get() & -STAMPS;
    }

    /**
     * A launch through a program that confines by itself, such as bubblewrap. Limits, descriptors,
     * users and the end of all processes are the jail's; Landlock and the filter are not applied,
     * so the program is to put the filter in force, which it finds at descriptor {@link
     * #FILTER_DESCRIPTOR}.
     *
     * @param launch what is asked for
     * @param command the program, and how it starts what is asked for; its environment is empty
     * @param processes that it adds to the tree
     */
    public record Wrapped(Launch launch, List<String> command, int processes) {
        public Wrapped {
            command = List.copyOf(command);
        }
    }

    /** Where a program that confines by itself finds the filter, ready for seccomp(2). */
    public static final int FILTER_DESCRIPTOR = 4;

    /**
     * As {@link #run(Launch, Output)}, through another program.
     *
     * @throws SandboxException if it could not be started, or would have to run as root
     */
    public Exit run(Wrapped wrapped, Output output) throws SandboxException, InterruptedException {
        return Attempt.run(parts, wrapped.launch, wrapped, output);
    }

    @Override
    public Rung rung() {
        return Rung.JAIL;
    }

    @Override
    public List<Probe> probes() {
        return probes;
    }

    @Override
    public Exit run(Launch launch, Output output) throws SandboxException, InterruptedException {
        return Attempt.run(parts, launch, null, output);
    }
}
