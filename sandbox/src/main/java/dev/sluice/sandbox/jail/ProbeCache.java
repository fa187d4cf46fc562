package dev.sluice.sandbox.jail;

import dev.sluice.spi.Sandbox.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Remembers that all probes held, in a file beside the server's data. What could change the outcome
 * is part of its first line; only success is remembered, so that a cured machine is noticed.
 */
final class ProbeCache {
    private final @Nullable Path file;
    private final String key;

    ProbeCache(@Nullable Path file, Jail.Parts parts) {
        this.file = file;
        String kernel = Processes.read("/proc/version");
        this.key =
                String.join(
                        " | ",
                        kernel == null ? "?" : kernel.strip(),
                        System.getProperty("java.vm.version"),
                        System.getProperty("user.name"),
                        "landlock " + parts.landlock().abi,
                        "own users " + parts.slots().ownUsers,
                        "filter " + Integer.toHexString(Arrays.hashCode(parts.filter())));
    }

    /** The probes of the last time; empty if there are none for this machine as it is. */
    List<Probe> read() {
        if (file == null || !Files.exists(file)) {
            return List.of();
        }
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.isEmpty() || !lines.getFirst().equals(key)) {
                return List.of();
            }
            var probes = new ArrayList<Probe>();
            for (String line : lines.subList(1, lines.size())) {
                String[] columns = line.split("\t", -1);
                if (columns.length != 2) {
                    return List.of();
                }
                probes.add(new Probe(columns[0], true, true, columns[1], null));
            }
            return probes;
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    void write(List<Probe> probes) {
        if (file == null) {
            return;
        }
        var lines = new ArrayList<>(List.of(key));
        probes.forEach(probe -> lines.add(line(probe.name()) + "\t" + line(probe.evidence())));
        try {
            Path written = file.resolveSibling(file.getFileName() + ".new");
            Files.write(written, lines);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // only a later start is slower for it
        }
    }

    private static String line(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
