package dev.sluice.cli;

import dev.sluice.model.Flow;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * What every command has at hand.
 *
 * @param command how the user called this program, for the commands that messages propose
 */
record Session(Host host, Terminal terminal, String command) {
    /** The largest flow text that is read; the compiler has its own, smaller limits. */
    private static final long FLOW_BYTES_MAX = 64 << 20;

    /** {@code --data}, SLUICE_DATA, or the folder for such data (XDG base directories). */
    Path dataDirectory(ParseResult arguments) {
        String given = Arguments.find(arguments, Arguments.DATA);
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

    /**
     * The data directory's runs, flows and artifacts: through its owner if it has one, otherwise
     * this process is the owner until it closes them.
     */
    Workspace workspace(ParseResult arguments) throws Refusal {
        return workspace(arguments, Host.Grants.NONE);
    }

    /** As above; what is granted counts only here, so an owner elsewhere is no help then. */
    Workspace workspace(ParseResult arguments, Host.Grants grants) throws Refusal {
        Path data = dataDirectory(arguments);
        if (!grants.equals(Host.Grants.NONE)) {
            return own(data, grants);
        }
        try {
            return host.own(data, grants);
        } catch (Host.HeldException held) {
            try {
                return RemoteWorkspace.connect(data);
            } catch (IOException e) {
                throw new Refusal(
                        Refusal.Reason.UNAVAILABLE,
                        held.getMessage() + ", and it does not answer: " + e.getMessage(),
                        e);
            }
        }
    }

    /** Becomes the owner of the data directory, or says who is. */
    Workspace own(Path data, Host.Grants grants) throws Refusal {
        try {
            return host.own(data, grants);
        } catch (Host.HeldException e) {
            throw new Refusal(Refusal.Reason.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Lets other processes use a workspace that this one owns; without a socket they cannot. */
    @Nullable SocketServer listen(Workspace workspace, Path data) {
        try {
            return SocketServer.start(workspace, data);
        } catch (IOException e) {
            terminal.tell(
                    "sluice: no socket in "
                            + Texts.line(data.toString())
                            + " ("
                            + e.getMessage()
                            + "): other commands have to wait until this one has ended");
            return null;
        }
    }

    /** {@link #listen} if this process is the owner. */
    @Nullable SocketServer listenIfOwner(Workspace workspace, ParseResult arguments) {
        return workspace instanceof RemoteWorkspace
                ? null
                : listen(workspace, dataDirectory(arguments));
    }

    /** A run's id as it was given; {@code last} is the newest one. */
    RunId runId(String given, Workspace workspace) throws Refusal {
        if (given.equals("last")) {
            return workspace.runs(new Workspace.RunQuery(null, null, null, 1)).stream()
                    .findFirst()
                    .orElseThrow(() ->
                            new Refusal(
                                    Refusal.Reason.NOT_FOUND,
                                    "there are no runs yet; start one with: "
                                            + command
                                            + " run FLOW.yaml"))
                    .id();
        }
        try {
            return RunId.parse(given);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Reason.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    /** A flow's id as it was given. */
    FlowId flowId(String given) throws Refusal {
        try {
            return new FlowId(given);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Reason.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    /** A command line that the user can copy, with the data directory where it was given. */
    String propose(ParseResult arguments, String... words) {
        StringBuilder line = new StringBuilder(quote(command));
        for (String word : words) {
            line.append(' ').append(quote(word));
        }
        String data = Arguments.find(arguments, Arguments.DATA);
        if (data != null) {
            line.append(" --data ").append(quote(data));
        }
        return line.toString();
    }

    private static String quote(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+")
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Checks a flow and tells its mistakes; null if it has any. */
    @Nullable Flow check(String file, String text) {
        Host.Checked checked = host.check(text);
        checked.problems().forEach(p -> terminal.err().println(Texts.line(p.format(file))));
        terminal.err().flush();
        return checked.problems().isEmpty() ? checked.flow() : null;
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
