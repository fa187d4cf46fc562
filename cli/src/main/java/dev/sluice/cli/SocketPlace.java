package dev.sluice.cli;

import dev.sluice.model.Digest;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * Where the owner of a data directory listens: {@code sluice.sock} in it, mode 0600. A socket's
 * path is short on every system (107 bytes on Linux), so that of a deeper directory lies in a
 * private folder for temporary files, under a name made of the directory's.
 */
final class SocketPlace {
    private static final int PATH_BYTES_MAX = 100;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private SocketPlace() {}

    static Path of(Path data) {
        Path usual = data.toAbsolutePath().normalize().resolve("sluice.sock");
        if (usual.toString().getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES_MAX - 12) {
            return usual;
        }
        String name = Digest.of(usual.toString().getBytes(StandardCharsets.UTF_8)).hex();
        return Path.of(
                System.getProperty("java.io.tmpdir"),
                "sluice-" + System.getProperty("user.name") + "-" + name.substring(0, 16),
                "sluice.sock");
    }

    private static Path folder(Path place) {
        return Objects.requireNonNull(place.getParent(), "a socket lies in a folder");
    }

    /** Makes sure that nobody else can have put a socket there. */
    static void requireOwn(Path place) throws IOException {
        requirePrivate(folder(place));
    }

    /**
     * Binds the channel there. The socket gets its name only when its mode is right, and takes the
     * place of one that a crash left.
     */
    static Path bind(ServerSocketChannel channel, Path data) throws IOException {
        Path place = of(data);
        Path folder = folder(place);
        if (!place.startsWith(data)) {
            makePrivate(folder);
        }
        Path hidden = Files.createTempDirectory(folder, ".s", PRIVATE_FOLDER);
        try {
            Path socket = hidden.resolve("s");
            channel.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, OWNER_ONLY);
            Files.move(socket, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(hidden.resolve("s"));
            Files.delete(hidden);
        }
        return place;
    }

    /** Anyone may have made a folder of that name among the temporary files: then none is used. */
    private static void makePrivate(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, PRIVATE_FOLDER);
        } catch (FileAlreadyExistsException e) {
            requirePrivate(folder);
        }
    }

    private static void requirePrivate(Path folder) throws IOException {
        Path own = Files.createTempFile("sluice-", "");
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
                            .equals(Files.getOwner(own))) {
                throw new IOException(folder + " belongs to someone else; remove it");
            }
        } finally {
            Files.delete(own);
        }
    }
}
