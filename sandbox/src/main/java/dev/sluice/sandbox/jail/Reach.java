package dev.sluice.sandbox.jail;

import dev.sluice.spi.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a user who owns nothing could come to the files of a launch. Below a folder that only
 * root may enter (a data directory in root's home) an attempt with a user of its own would find
 * nothing.
 */
final class Reach {
    private Reach() {}

    static boolean everybody(Sandbox.Launch launch) {
        Path program = Path.of(launch.command().getFirst());
        return Stream.of(List.of(program), launch.readOnly())
                        .flatMap(List::stream)
                        .allMatch(path -> entered(path) && readable(path))
                && launch.readWrite().stream().allMatch(Reach::entered);
    }

    private static boolean entered(Path path) {
        try {
            for (Path folder = path.toRealPath().getParent();
                    folder != null;
                    folder = folder.getParent()) {
                if (!permissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException absent) {
            return true; // the launch will say so
        }
    }

    private static boolean readable(Path path) {
        try {
            return permissions(path).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException absent) {
            return true;
        }
    }

    private static Set<PosixFilePermission> permissions(Path path) throws IOException {
        return Files.getPosixFilePermissions(path);
    }
}
