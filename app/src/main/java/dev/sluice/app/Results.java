package dev.sluice.app;

import dev.sluice.model.RunId;
import dev.sluice.model.Value;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Links to artifacts under names that people and programs can open: artifacts are named by their
 * digest, and a browser shows a file without {@code .html} as plain text. Can be removed at any
 * time.
 */
record Results(Path root) {
    private static final int NAME_MAX = 100;

    /**
     * The link for an artifact of a run, made if it is not there; the bytes themselves if it cannot
     * be.
     */
    Path link(RunId run, Value.Artifact artifact, Path bytes) {
        Path folder = root.resolve(run.toString());
        Path link = folder.resolve(name(artifact));
        try {
            Files.createDirectories(folder);
            if (!leadsTo(link, bytes)) {
                // Two outputs of a run may have the same name.
                link =
                        Files.exists(link)
                                ? folder.resolve(
                                        artifact.digest().hex().substring(0, 8)
                                                + "-"
                                                + name(artifact))
                                : link;
                if (!leadsTo(link, bytes)) {
                    Files.deleteIfExists(link);
                    link(folder, link, bytes);
                }
            }
            return link;
        } catch (FileAlreadyExistsException e) {
            return link;
        } catch (IOException | UnsupportedOperationException e) {
            return bytes;
        }
    }

    private static boolean leadsTo(Path link, Path bytes) throws IOException {
        return Files.exists(link) && Files.isSameFile(link, bytes);
    }

    /**
     * A second name for the file, since a browser that follows a symbolic link goes by the name at
     * its end; a symbolic link only where the file system knows no second names.
     */
    private static void link(Path folder, Path link, Path bytes) throws IOException {
        try {
            Files.createLink(link, bytes);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.createSymbolicLink(link, folder.relativize(bytes));
        }
    }

    /** Whoever wrote the flow chose the artifact's name. */
    private static String name(Value.Artifact artifact) {
        String name = artifact.name().replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "");
        name = name.length() > NAME_MAX ? name.substring(name.length() - NAME_MAX) : name;
        return name.isEmpty() ? artifact.digest().hex().substring(0, 16) : name;
    }

    void remove(RunId run) throws IOException {
        Path folder = root.resolve(run.toString());
        try (DirectoryStream<Path> links = Files.newDirectoryStream(folder)) {
            for (Path link : links) {
                Files.delete(link);
            }
            Files.delete(folder);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nobody has looked at it.
        }
    }
}
