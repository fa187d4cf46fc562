package dev.sluice.sandbox.jail;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The processes that belong to attempts, found in {@code /proc} by a stamp: each attempt's
 * processes have a number of its own as their limit of real-time CPU (RLIMIT_RTTIME, which nothing
 * else reads, since they may not ask for real-time scheduling). It is inherited, and the filter
 * lets nobody change it, so neither a new session, nor a double fork, nor another environment hides
 * a process.
 *
 * <p>To look at all of {@code /proc} takes milliseconds. Process numbers are given out in ascending
 * order, so a look at those given out since the last one is enough, unless there were too many.
 * Thread-safe.
 */
final class Processes {
    /**
     * One line of {@code /proc/PID/stat}.
     *
     * @param cpuTicks of itself and of the children it has waited for
     * @param startTicks since boot: with the pid, what tells a process from a later one
     */
    record Stat(int pid, char state, int parent, long cpuTicks, long startTicks, long pages) {
        boolean dead() {
            return state == 'Z' || state == 'X';
        }
    }

    private record Known(long stamp, long startTicks) {}

    private static final int SEEK_ONE_BY_ONE = 400;
    private static final int PROC_FILE_BYTES = 8192;
    private static final int TRIES = 1000;
    private static final long PAUSE_NANOS = 5_000_000;
    private static final String DELETED = " (deleted)";
    private static final String STAMP_LINE = "Max realtime timeout";

    private final Map<Integer, Known> known = new HashMap<>();
    private final long firstStamp;
    private final long lastStamp;

    /** Looks after the stamps between two numbers: those of this server. */
    Processes(long firstStamp, long lastStamp) {
        this.firstStamp = firstStamp;
        this.lastStamp = lastStamp;
    }

    /** The number given out last to a process or thread; 0 if unknown. */
    static int newest() {
        String load = read("/proc/loadavg");
        if (load == null) {
            return 0;
        }
        try {
            return Integer.parseInt(load.strip().substring(load.strip().lastIndexOf(' ') + 1));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Takes in the processes whose numbers were given out after {@code since}. */
    synchronized void look(int since) {
        int newest = newest();
        if (since > 0 && newest >= since && newest - since <= SEEK_ONE_BY_ONE) {
            for (int pid = since; pid <= newest; pid++) {
                take(pid);
            }
            return;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                take(Integer.parseInt(process.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new IllegalStateException("/proc cannot be read: " + e.getMessage(), e);
        }
    }

    private void take(int pid) {
        if (known.containsKey(pid)) {
            return;
        }
        long stamp = stamp(pid);
        if (stamp < firstStamp || stamp > lastStamp) {
            return;
        }
        Stat stat = stat(pid);
        if (stat != null && leadsItsThreads(pid)) {
            known.put(pid, new Known(stamp, stat.startTicks));
        }
    }

    synchronized void add(int pid, long stamp) {
        Stat stat = stat(pid);
        if (stat != null) {
            known.put(pid, new Known(stamp, stat.startTicks));
        }
    }

    synchronized void remove(int pid) {
        known.remove(pid);
    }

    /**
     * The known processes of a stamp as they are now, the dead ones that nobody reaped among them.
     */
    synchronized List<Stat> of(long stamp) {
        return between(stamp, stamp);
    }

    /** The known processes of all stamps. */
    synchronized List<Stat> all() {
        return between(firstStamp, lastStamp);
    }

    private List<Stat> between(long first, long last) {
        var living = new ArrayList<Stat>();
        for (Map.Entry<Integer, Known> entry : List.copyOf(known.entrySet())) {
            if (entry.getValue().stamp >= first && entry.getValue().stamp <= last) {
                Stat stat = stat(entry.getKey());
                if (stat == null || stat.startTicks != entry.getValue().startTicks) {
                    known.remove(entry.getKey());
                } else {
                    living.add(stat);
                }
            }
        }
        return living;
    }

    /** The stamp of a process, or 0. */
    private static long stamp(int pid) {
        String limits = read("/proc/" + pid + "/limits");
        int line = limits == null ? -1 : limits.indexOf(STAMP_LINE);
        if (limits == null || line < 0) {
            return 0;
        }
        int from = line + STAMP_LINE.length();
        while (limits.charAt(from) == ' ') {
            from++;
        }
        int to = limits.indexOf(' ', from);
        try {
            return Long.parseLong(limits.substring(from, to));
        } catch (NumberFormatException unlimited) {
            return 0;
        }
    }

    private static boolean leadsItsThreads(int pid) {
        String status = read("/proc/" + pid + "/status");
        return status != null && status.contains("\nTgid:\t" + pid + "\n");
    }

    static @Nullable Stat stat(int pid) {
        String line = read("/proc/" + pid + "/stat");
        // the name, in parentheses, may hold anything
        int name = line == null ? -1 : line.lastIndexOf(')');
        if (line == null || name < 0) {
            return null;
        }
        String[] fields = line.substring(name + 2).split(" ", -1);
        long cpu = 0;
        for (int i = 11; i <= 14; i++) {
            cpu += Long.parseLong(fields[i]);
        }
        return new Stat(
                pid,
                fields[0].charAt(0),
                Integer.parseInt(fields[1]),
                cpu,
                Long.parseLong(fields[19]),
                Long.parseLong(fields[21]));
    }

    /**
     * What a process holds, with its share of the pages it shares with others; -1 if that cannot be
     * told.
     */
    static long proportionalBytes(int pid) {
        String rollup = read("/proc/" + pid + "/smaps_rollup");
        int line = rollup == null ? -1 : rollup.indexOf("\nPss:");
        if (rollup == null || line < 0) {
            return -1;
        }
        String kib = rollup.substring(line + 5, rollup.indexOf(" kB", line)).strip();
        return Long.parseLong(kib) << 10;
    }

    /** What the files hold that a process has open and that have no name any more. */
    static long deletedBytes(int pid) {
        long bytes = 0;
        try (DirectoryStream<Path> open =
                Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : open) {
                if (Files.readSymbolicLink(descriptor).toString().endsWith(DELETED)) {
                    bytes += Files.size(descriptor);
                }
            }
        } catch (IOException | DirectoryIteratorException gone) {
            return bytes;
        }
        return bytes;
    }

    /** Who runs something. */
    static Set<Integer> users() throws IOException {
        var users = new HashSet<Integer>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                String status = read(process + "/status");
                int line = status == null ? -1 : status.indexOf("\nUid:\t");
                if (status != null && line >= 0) {
                    String ids = status.substring(line + 6, status.indexOf('\n', line + 1));
                    for (String id : ids.split("\t", -1)) {
                        users.add(Integer.parseUnsignedInt(id));
                    }
                }
            }
        }
        return users;
    }

    /** The tasks of a user, threads counted, as RLIMIT_NPROC counts them. */
    static int tasksOf(int uid) {
        int tasks = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                String status = read(process + "/status");
                if (status != null && status.contains("\nUid:\t" + uid + "\t")) {
                    int line = status.indexOf("\nThreads:\t") + 10;
                    tasks += Integer.parseInt(status.substring(line, status.indexOf('\n', line)));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("/proc cannot be read: " + e.getMessage(), e);
        }
        return tasks;
    }

    /**
     * A small file of {@code /proc}, or null if the process is gone or not ours to read. When
     * descriptors run out it waits: a process must not be taken for gone because of that.
     */
    static @Nullable String read(String file) {
        for (int i = 0; i < TRIES; i++) {
            try (var in = new FileInputStream(file)) {
                return new String(in.readNBytes(PROC_FILE_BYTES), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("Too many open files")) {
                    return null;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw new IllegalStateException("no descriptor was free to read " + file);
    }
}
