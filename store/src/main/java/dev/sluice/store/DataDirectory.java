package dev.sluice.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sluice.spi.StoreException;
import dev.sluice.store.files.Trees;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder where one process keeps everything: {@code journal.db artifacts/ logs/ work/}. Holds
 * an exclusive lock of the operating system on {@code lock} until it is closed or the process is
 * gone, however it went.
 *
 * <p>Who holds it stands in {@code holder}, a file of its own: POSIX drops a process's lock as soon
 * as that process closes <em>any</em> descriptor of the locked file, so nobody may open {@code
 * lock} merely to read it.
 */
public final class DataDirectory implements AutoCloseable {
    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * The process that holds a data directory.
     *
     * @param processStart when the process started, which tells it from a later one of the same id
     * @param since when it took the directory
     */
    public record Holder(long pid, String host, Instant processStart, Instant since) {
        static Holder self() {
            ProcessHandle self = ProcessHandle.current();
            return new Holder(
                    self.pid(),
                    hostName(),
                    self.info().startInstant().orElse(Instant.EPOCH),
                    Instant.now().truncatedTo(ChronoUnit.MICROS));
        }

        private boolean isSameProcess(Holder other) {
            return pid == other.pid
                    && host.equals(other.host)
                    && processStart.equals(other.processStart);
        }

        @Override
        public String toString() {
            return "process " + pid + " on " + host + " since " + since;
        }

        private static String hostName() {
            try {
                Path linux = Path.of("/proc/sys/kernel/hostname");
                return Files.exists(linux)
                        ? Files.readString(linux).strip()
                        : InetAddress.getLocalHost().getHostName();
            } catch (IOException _) {
                return "this machine";
            }
        }
    }

    /**
     * Takes the directory for this process, creating it (mode 0700) and its folders where missing.
     *
     * @throws HeldException if a process has it, this one included
     * @throws StoreException if it cannot be created or written to
     */
    public static synchronized DataDirectory open(Path directory)
            throws HeldException, StoreException {
        Path root = directory.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(root)) {
                Path parent = root.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.createDirectory(
                        root,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            Holder self = Holder.self();
            Holder holder = holder(root);
            if (holder != null && holder.isSameProcess(self)) {
                throw new HeldException(root, holder);
            }
            DataDirectory data = new DataDirectory(root, lock(root, holder));
            try {
                data.prepare(self);
            } catch (IOException e) {
                data.close();
                throw e;
            }
            return data;
        } catch (FileAlreadyExistsException e) {
            throw new StoreException(
                    e.getFile() + ": a file, where a directory was expected; name another", e);
        } catch (IOException e) {
            throw new StoreException(
                    root
                            + ": cannot be used ("
                            + e
                            + "); make it a directory this user may write to, or name another",
                    e);
        }
    }

    private static FileChannel lock(Path root, @Nullable Holder holder)
            throws IOException, HeldException {
        FileChannel channel = FileChannel.open(root.resolve("lock"), CREATE, WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // This process has it, though nobody stands in the holder file.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new HeldException(root, holder);
    }

    private void prepare(Holder self) throws IOException {
        for (Path folder : List.of(artifacts(), logs(), work())) {
            Files.createDirectories(folder);
        }
        Path temporary = root.resolve("holder.tmp");
        Files.writeString(
                temporary,
                String.join(
                        "\n",
                        Long.toString(self.pid()),
                        self.host(),
                        self.processStart().toString(),
                        self.since().toString(),
                        ""));
        Files.move(temporary, root.resolve("holder"), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Who took the directory last and has not closed it; a process that was killed stays named
     * until the next one comes. Null if nobody, or if it cannot be read.
     */
    public static @Nullable Holder holder(Path directory) {
        try {
            List<String> lines = Files.readAllLines(directory.resolve("holder"));
            return new Holder(
                    Long.parseLong(lines.get(0)),
                    lines.get(1),
                    Instant.parse(lines.get(2)),
                    Instant.parse(lines.get(3)));
        } catch (IOException
                | NumberFormatException
                | IndexOutOfBoundsException
                | DateTimeParseException _) {
            return null;
        }
    }

    public Path root() {
        return root;
    }

    /** The journal's database file. */
    public Path journal() {
        return root.resolve("journal.db");
    }

    public Path artifacts() {
        return root.resolve("artifacts");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    /** Where attempts have their folders. */
    public Path work() {
        return root.resolve("work");
    }

    /** Removes what attempts of an earlier process left. Call it before the first attempt. */
    public void clearWork() throws IOException {
        Trees.delete(work());
        Files.createDirectories(work());
    }

    /** Gives the directory up. Close what writes into it first. */
    @Override
    public void close() throws StoreException {
        try (lock) {
            Files.deleteIfExists(root.resolve("holder"));
        } catch (IOException e) {
            throw new StoreException(root + ": could not be given up (" + e + ")", e);
        }
    }
}
