package dev.sluice.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What every command has at hand. */
record Session(Host host, Terminal terminal) {
    /** The largest flow text that is read; the compiler has its own, smaller limits. */
    private static final long FLOW_BYTES_MAX = 64 << 20;

    /** {@code --data}, SLUICE_DATA, or the folder for such data (XDG base directories). */
    Path dataDirectory(@Nullable String given) {
        String path = given != null ? given : terminal.variable("SLUICE_DATA");
        if (path != null) {
            return resolve(path);
        }
        String xdg = terminal.variable("XDG_DATA_HOME");
        if (xdg != null && Path.of(xdg).isAbsolute()) {
            return Path.of(xdg, "sluice");
        }
        String home = terminal.variable("HOME");
        return Path.of(home != null ? home : System.getProperty("user.home"))
                .resolve(Path.of(".local", "share", "sluice"));
    }

    Path resolve(String path) {
        return terminal.folder().resolve(path).normalize();
    }

    /** A flow's text, of a file as the user named it. */
    String readFlow(String file) throws Refusal {
        Path path = resolve(file);
        try {
            if (Files.isDirectory(path)) {
                throw wrong(file, "is a folder (expected: a flow's YAML file, such as flow.yaml)");
            }
            if (!Files.exists(path)) {
                throw wrong(file, "there is no such file");
            }
            if (Files.size(path) > FLOW_BYTES_MAX) {
                throw wrong(file, "is larger than 64 MiB (expected: a flow's YAML file)");
            }
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw wrong(file, "is not UTF-8 text (expected: a flow's YAML file; convert it)");
        } catch (IOException e) {
            throw wrong(file, "cannot be read: " + e.getMessage());
        }
    }

    private static Refusal wrong(String file, String why) {
        return new Refusal(Refusal.Reason.INVALID, file + ": " + why);
    }
}
