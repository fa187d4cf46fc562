package dev.sluice.tasks.code;

import java.nio.file.Path;
import java.util.List;

/**
 * A program that runs scripts.
 *
 * @param path the real executable, absolute: no shim
 * @param version as it reports itself, such as {@code 3.11.2}; part of the cache key
 * @param readOnly files and folders it needs beside the system's libraries
 */
public record Interpreter(Path path, String version, List<Path> readOnly) {
    public Interpreter {
        readOnly = List.copyOf(readOnly);
    }
}
