package dev.sluice.sandbox.jail;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Control groups of version 1 (Documentation/admin-guide/cgroup-v1), where the server may make
 * them: below its own, one for each attempt. With them the kernel itself keeps the limits of memory
 * and CPU share, and counts what is used without missing a process. Where there are none the
 * watchdog does alone what it can. Thread-safe.
 */
final class Cgroups {
    private enum Controller {
        MEMORY,
        PIDS,
        CPU,
        CPUACCT;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final Path MOUNTS = Path.of("/sys/fs/cgroup");
    private static final String PREFIX = "sluice-";
    private static final int REMOVALS = 100;

    /** A quarter of what others get when all are busy: the server must get on with its watch. */
    private static final long SHARES = 256;

    private static final long PERIOD_MICROS = 100_000;

    private final Map<Controller, Path> folders;
    private final AtomicLong numbers = new AtomicLong();

    private Cgroups(Map<Controller, Path> folders) {
        this.folders = folders;
    }

    /** Null if there are none that this server may use. */
    static @Nullable Cgroups find() {
        var folders = new EnumMap<Controller, Path>(Controller.class);
        String own = Processes.read("/proc/self/cgroup");
        Processes.Stat self = Processes.stat((int) ProcessHandle.current().pid());
        if (own == null || self == null) {
            return null;
        }
        try {
            for (Controller controller : Controller.values()) {
                Path mount = MOUNTS.resolve(controller.word());
                String path = path(own, controller.word());
                if (path == null || !Files.isWritable(mount.resolve(path))) {
                    return null;
                }
                removeLeftovers(mount.resolve(path));
                String name = PREFIX + self.pid() + "-" + self.startTicks();
                Path folder = mount.resolve(path).resolve(name);
                if (!Files.isDirectory(folder)) {
                    Files.createDirectory(folder);
                }
                folders.put(controller, folder);
            }
            return new Cgroups(folders);
        } catch (IOException e) {
            return null;
        }
    }

    /** Where a controller has put this process, relative to its mount. */
    private static @Nullable String path(String own, String controller) {
        for (String line : own.lines().toList()) {
            String[] columns = line.split(":", 3);
            if (columns.length == 3 && List.of(columns[1].split(",", -1)).contains(controller)) {
                return columns[2].substring(1);
            }
        }
        return null;
    }

    /** Ends and removes what servers have left that are gone: a group is named after its server. */
    private static void removeLeftovers(Path parent) throws IOException {
        try (DirectoryStream<Path> servers = Files.newDirectoryStream(parent, PREFIX + "*-*")) {
            for (Path server : servers) {
                String[] name = server.getFileName().toString().split("-", -1);
                Processes.Stat owner = Processes.stat(Integer.parseInt(name[1]));
                if (owner == null || owner.startTicks() != Long.parseLong(name[2])) {
                    removeServer(server);
                }
            }
        } catch (NumberFormatException notOurs) {
            // some other program's
        }
    }

    private static void removeServer(Path server) throws IOException {
        try (DirectoryStream<Path> attempts = Files.newDirectoryStream(server, "[0-9]*")) {
            for (Path attempt : attempts) {
                for (String pid : Files.readAllLines(attempt.resolve("cgroup.procs"))) {
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                }
                remove(attempt);
            }
        }
        remove(server);
    }

    /** A group cannot be removed before its last process is gone entirely. */
    private static void remove(Path group) {
        for (int i = 0; i < REMOVALS; i++) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (IOException busy) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /**
     * A group for one attempt.
     *
     * @param tasks processes and threads
     * @param cpus the share of processors, 0 for no limit
     * @throws IOException if the kernel will not have it
     */
    Group make(long memoryBytes, long tasks, double cpus) throws IOException {
        String name = Long.toString(numbers.getAndIncrement());
        var group = new Group(name);
        try {
            for (Path folder : folders.values()) {
                Files.createDirectory(folder.resolve(name));
            }
            group.write(Controller.MEMORY, "memory.limit_in_bytes", memoryBytes);
            group.write(Controller.PIDS, "pids.max", tasks);
            group.write(Controller.CPU, "cpu.shares", SHARES);
            if (cpus > 0) {
                long quota = Math.max(1000, Math.round(cpus * PERIOD_MICROS));
                group.write(Controller.CPU, "cpu.cfs_period_us", PERIOD_MICROS);
                group.write(Controller.CPU, "cpu.cfs_quota_us", quota);
            }
            return group;
        } catch (IOException e) {
            group.close();
            throw e;
        }
    }

    /** The groups of one attempt, to be closed when its last process is gone. */
    final class Group implements AutoCloseable {
        private final String name;

        private Group(String name) {
            this.name = name;
        }

        private Path file(Controller controller, String file) {
            return java.util.Objects.requireNonNull(folders.get(controller))
                    .resolve(name)
                    .resolve(file);
        }

        private void write(Controller controller, String file, long value) throws IOException {
            Files.writeString(file(controller, file), Long.toString(value));
        }

        private long read(Controller controller, String file) {
            String text = Processes.read(file(controller, file).toString());
            return text == null ? 0 : Long.parseLong(text.strip());
        }

        void enter(int pid) throws IOException {
            for (Controller controller : Controller.values()) {
                write(controller, "cgroup.procs", pid);
            }
        }

        /** All the memory held at once at most, what the kernel holds for it included. */
        long peakBytes() {
            return read(Controller.MEMORY, "memory.max_usage_in_bytes");
        }

        long cpuMillis() {
            return read(Controller.CPUACCT, "cpuacct.usage") / 1_000_000;
        }

        /** Whether the kernel has killed one of its processes for want of memory. */
        boolean outOfMemory() {
            String state = Processes.read(file(Controller.MEMORY, "memory.oom_control").toString());
            return state != null && state.contains("\noom_kill ") && !state.contains("oom_kill 0");
        }

        @Override
        public void close() {
            var all = new ArrayList<>(folders.values());
            all.forEach(folder -> remove(folder.resolve(name)));
        }
    }
}
