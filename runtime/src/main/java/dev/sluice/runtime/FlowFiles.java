package dev.sluice.runtime;

import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The local files that flows may name: those in the flow's own folder, and in folders that were
 * allowed.
 */
final class FlowFiles {
    private FlowFiles() {}

    /**
     * The file that a flow means.
     *
     * @throws TaskException if it lies elsewhere, also by {@code ..} or through a link
     */
    static Path resolve(Path folder, List<Path> roots, String text) throws TaskException {
        try {
            Path file = folder.resolve(text).normalize();
            Path real = realPath(file);
            if (isUnder(real, folder)) {
                return file;
            }
            for (Path root : roots) {
                if (isUnder(real, root)) {
                    return file;
                }
            }
        } catch (InvalidPathException | IOException e) {
            throw TaskException.terminal("file \"" + text + "\": " + e.getMessage());
        }
        throw TaskException.terminal(
                "file \""
                        + text
                        + "\" lies outside the flow's folder "
                        + folder
                        + "; move it there, or allow its folder with: --allow-path DIR");
    }

    private static boolean isUnder(Path real, Path root) throws IOException {
        return Files.exists(root) && real.startsWith(root.toRealPath());
    }

    /** The path with links followed as far as it exists. */
    private static Path realPath(Path file) throws IOException {
        Path existing = file;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing == null
                ? file
                : existing.toRealPath().resolve(existing.relativize(file)).normalize();
    }
}
