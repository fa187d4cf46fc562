package dev.sluice.store.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.sluice.model.Digest;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.ArtifactStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Artifacts as files: {@code TENANT/aa/REST}, where {@code aa} and {@code REST} are the digest.
 * Thread-safe; one process owns the folder, so that locks in memory keep storing and collecting
 * apart.
 *
 * <p>A file that is stored again replaces the one that is there, which mends a damaged one and
 * makes it young again, so that {@link #collect} leaves it alone. No symbolic link is followed,
 * neither in the store nor as the last part of what is put in: a link made by a confined task would
 * otherwise carry out what the task could not read.
 */
public final class FileArtifacts implements ArtifactStore {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Set<PosixFilePermission> SEALED =
            PosixFilePermissions.fromString("r--r--r--");

    private final Path root;

    /** By a digest's first byte: who renames into or deletes from that folder. */
    private final List<Object> locks = IntStream.range(0, 256).mapToObj(_ -> new Object()).toList();

    /**
     * Opens the store and removes what an earlier process left half-copied.
     *
     * @param root the folder of artifacts, created where missing
     */
    public FileArtifacts(Path root) throws IOException {
        this.root = root.toAbsolutePath();
        Files.createDirectories(this.root);
        Instant start =
                ProcessHandle.current().info().startInstant().orElseGet(() -> Instant.EPOCH);
        for (Path tenant : folders(this.root)) {
            Path temporary = tenant.resolve(".tmp");
            if (!Files.isDirectory(temporary, NOFOLLOW_LINKS)) {
                continue;
            }
            for (Path file : children(temporary)) {
                if (attributes(file).lastModifiedTime().toInstant().isBefore(start)) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public Value.Artifact put(
            TenantId tenant,
            Path file,
            String mediaType,
            String name,
            Value.@Nullable TableInfo table)
            throws IOException {
        requireRegular(file);
        Path temporary = folder(tenant, ".tmp").resolve(UUID.randomUUID().toString());
        try {
            Copied copied = copy(file, temporary);
            enter(tenant, temporary, copied.digest());
            return new Value.Artifact(copied.digest(), copied.bytes(), mediaType, name, table);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public Value.Artifact move(
            TenantId tenant,
            Path file,
            String mediaType,
            String name,
            Value.@Nullable TableInfo table)
            throws IOException {
        requireRegular(file);
        if (mayTakeOver(tenant, file)) {
            try {
                Copied found = sync(file);
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
                enter(tenant, file, found.digest());
                return new Value.Artifact(found.digest(), found.bytes(), mediaType, name, table);
            } catch (AtomicMoveNotSupportedException _) {
                // Two mounts of one device: copy after all.
            }
        }
        Value.Artifact artifact = put(tenant, file, mediaType, name, table);
        Files.delete(file);
        return artifact;
    }

    /** One with a second name, or another owner, could still be written to after it is sealed. */
    private boolean mayTakeOver(TenantId tenant, Path file) throws IOException {
        String wanted = "unix:dev,uid,nlink";
        Map<String, Object> own =
                Files.readAttributes(folder(tenant, ".tmp"), wanted, NOFOLLOW_LINKS);
        Map<String, Object> its = Files.readAttributes(file, wanted, NOFOLLOW_LINKS);
        return Integer.valueOf(1).equals(its.get("nlink"))
                && own.get("dev") instanceof Object dev
                && dev.equals(its.get("dev"))
                && own.get("uid") instanceof Object uid
                && uid.equals(its.get("uid"));
    }

    private record Copied(Digest digest, long bytes) {}

    private static Copied copy(Path from, Path to) throws IOException {
        try (FileChannel in = FileChannel.open(from, READ, NOFOLLOW_LINKS);
                FileChannel out = FileChannel.open(to, CREATE_NEW, WRITE)) {
            Copied copied = read(in, out);
            out.force(true);
            return copied;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(
                    to + ": could not be written (" + e.getMessage() + "); nothing was kept of it",
                    e);
        }
    }

    /** Hashes a file where it is and makes its bytes durable. */
    private static Copied sync(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, READ, NOFOLLOW_LINKS)) {
            Copied found = read(in, null);
            in.force(true);
            return found;
        }
    }

    private static Copied read(FileChannel in, @Nullable FileChannel out) throws IOException {
        MessageDigest sha = Digest.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long bytes = 0;
        while (in.read(buffer.clear()) >= 0) {
            buffer.flip();
            bytes += buffer.remaining();
            sha.update(buffer.duplicate());
            while (out != null && buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
        return new Copied(new Digest(HexFormat.of().formatHex(sha.digest())), bytes);
    }

    /** Seals a durable file and gives it its digest's name, durably. */
    private void enter(TenantId tenant, Path file, Digest digest) throws IOException {
        Files.setPosixFilePermissions(file, SEALED);
        synchronized (lock(digest)) {
            Path folder = folder(tenant, digest.hex().substring(0, 2));
            Files.move(file, folder.resolve(digest.hex().substring(2)), ATOMIC_MOVE);
            syncFolder(folder);
        }
    }

    private Object lock(Digest digest) {
        return locks.get(Integer.parseInt(digest.hex(), 0, 2, 16));
    }

    /** A folder of a tenant, created durably where missing. */
    private Path folder(TenantId tenant, String name) throws IOException {
        Path top = root.resolve(tenant.value());
        create(top);
        Path folder = top.resolve(name);
        create(folder);
        return folder;
    }

    private static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder, NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isSymbolicLink(folder)) {
            throw new NotDirectoryException(folder + ": a symbolic link in the store; remove it");
        }
        Files.createDirectories(folder);
        Path parent = folder.getParent();
        if (parent != null) {
            syncFolder(parent);
        }
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
        }
    }

    private static void requireRegular(Path file) throws IOException {
        if (!attributes(file).isRegularFile()) {
            throw new IOException(
                    file + ": not a regular file (links, folders and devices are not stored)");
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
    }

    @Override
    public Path path(TenantId tenant, Digest digest) throws IOException {
        Path folder = root.resolve(tenant.value()).resolve(digest.hex().substring(0, 2));
        Path file = folder.resolve(digest.hex().substring(2));
        if (!Files.isDirectory(folder, NOFOLLOW_LINKS)
                || !Files.isRegularFile(file, NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(
                    file.toString(), null, "tenant " + tenant + " has no artifact " + digest);
        }
        return file;
    }

    @Override
    public void export(TenantId tenant, Digest digest, Path target) throws IOException {
        Path file = path(tenant, digest);
        Path whole = target.toAbsolutePath();
        Path temporary = whole.resolveSibling("." + UUID.randomUUID() + ".tmp");
        try {
            Copied copied = copy(file, temporary);
            if (!copied.digest().equals(digest)) {
                throw new IOException(
                        file
                                + ": damaged: its bytes have digest "
                                + copied.digest()
                                + "; nothing was exported. Run again the task that made it");
            }
            Files.move(temporary, whole, ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public List<Damage> scrub(TenantId tenant) throws IOException {
        List<Damage> damages = new ArrayList<>();
        for (Stored stored : stored(tenant)) {
            String found = found(stored.file());
            if (found != null && !found.equals(stored.digest().hex())) {
                damages.add(new Damage(stored.digest(), found));
            }
        }
        return damages;
    }

    /** The digest of a file's bytes, or why they cannot be read; null if it has been collected. */
    private static @Nullable String found(Path file) {
        try {
            requireRegular(file);
            try (FileChannel in = FileChannel.open(file, READ, NOFOLLOW_LINKS)) {
                return read(in, null).digest().hex();
            }
        } catch (NoSuchFileException _) {
            return null;
        } catch (IOException e) {
            return "unreadable: " + e.getMessage();
        }
    }

    @Override
    public Collected collect(TenantId tenant, Set<Digest> reachable, long olderThanMicros)
            throws IOException {
        int artifacts = 0;
        long bytes = 0;
        for (Stored stored : stored(tenant)) {
            if (reachable.contains(stored.digest())) {
                continue;
            }
            synchronized (lock(stored.digest())) {
                BasicFileAttributes attributes = attributes(stored.file());
                if (attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS) < olderThanMicros) {
                    Files.delete(stored.file());
                    artifacts++;
                    bytes += attributes.size();
                }
            }
        }
        return new Collected(artifacts, bytes);
    }

    private record Stored(Digest digest, Path file) {}

    private List<Stored> stored(TenantId tenant) throws IOException {
        List<Stored> found = new ArrayList<>();
        Path top = root.resolve(tenant.value());
        if (!Files.isDirectory(top, NOFOLLOW_LINKS)) {
            return found;
        }
        for (Path folder : folders(top)) {
            if (!name(folder).matches("[0-9a-f]{2}")) {
                continue;
            }
            for (Path file : children(folder)) {
                String hex = name(folder) + name(file);
                if (hex.matches("[0-9a-f]{64}")) {
                    found.add(new Stored(new Digest(hex), file));
                }
            }
        }
        return found;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static List<Path> folders(Path parent) throws IOException {
        return children(parent).stream()
                .filter(path -> Files.isDirectory(path, NOFOLLOW_LINKS))
                .toList();
    }

    private static List<Path> children(Path folder) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            List<Path> children = new ArrayList<>();
            stream.forEach(children::add);
            return children;
        }
    }
}
