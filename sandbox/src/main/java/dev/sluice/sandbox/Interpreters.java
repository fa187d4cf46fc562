package dev.sluice.sandbox;

import dev.sluice.spi.SandboxException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The language interpreters of this machine: the real programs, not the shims that a version
 * manager puts on the PATH (pyenv's costs 160 ms a start and lies outside what a sandbox can read).
 * Each is looked up when it is first asked for, and then kept. Thread-safe.
 */
public final class Interpreters {
    /** What can be looked for. */
    public enum Language {
        PYTHON("python3", "apt-get install python3"),
        NODE("node", "apt-get install nodejs"),
        SHELL("bash", "apt-get install bash");

        private final String program;
        private final String remedy;

        Language(String program, String remedy) {
            this.program = program;
            this.remedy = remedy;
        }
    }

    /**
     * One interpreter.
     *
     * @param path absolute, to be started as it is: a virtual environment is known by it
     * @param version such as {@code 3.11.2}
     * @param readOnly folders to grant beside the system's, where its libraries lie
     */
    public record Interpreter(Path path, String version, List<Path> readOnly) {
        public Interpreter {
            readOnly = List.copyOf(readOnly);
        }
    }

    private static final long PATIENCE_SECONDS = 30;
    private static final String TELL_PYTHON =
            "import os,sys;print(sys.executable);print('%d.%d.%d'%sys.version_info[:3]);"
                    + "print('\\n'.join({os.path.realpath(p) for p in"
                    + " (sys.prefix,sys.base_prefix,os.path.dirname(os.path.dirname("
                    + "os.path.realpath(sys.executable))))}))";
    private static final String TELL_NODE =
            "console.log(process.execPath);console.log(process.versions.node)";

    private final String searchPath;
    private final Map<Language, Interpreter> found = new EnumMap<>(Language.class);

    /**
     * @param searchPath folders to look in, as in the environment variable PATH; null means the
     *     usual ones
     */
    public Interpreters(@Nullable String searchPath) {
        this.searchPath = searchPath == null ? "/usr/local/bin:/usr/bin:/bin" : searchPath;
    }

    /**
     * @throws SandboxException if it is not installed or does not work; the message has the remedy
     */
    public synchronized Interpreter find(Language language)
            throws SandboxException, InterruptedException {
        Interpreter known = found.get(language);
        if (known == null) {
            known = look(language);
            found.put(language, known);
        }
        return known;
    }

    private Interpreter look(Language language) throws SandboxException, InterruptedException {
        Path program = onPath(language.program);
        return switch (language) {
            case PYTHON -> told(language, program, List.of("-I", "-c", TELL_PYTHON));
            case NODE -> told(language, program, List.of("-e", TELL_NODE));
            case SHELL -> {
                Path shell = program == null ? onPath("sh") : program;
                if (shell == null) {
                    throw absent(language);
                }
                yield new Interpreter(shell, "", List.of());
            }
        };
    }

    private Interpreter told(Language language, @Nullable Path program, List<String> arguments)
            throws SandboxException, InterruptedException {
        if (program == null) {
            throw absent(language);
        }
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        List<String> lines = run(language, command);
        if (lines.size() < 2) {
            throw new SandboxException(
                    program + " does not work (it printed " + lines + "): " + language.remedy);
        }
        Path path = Path.of(lines.get(0));
        var folders = new ArrayList<Path>();
        for (String line : lines.subList(2, lines.size())) {
            addUnlessSystem(folders, Path.of(line));
        }
        Path home = path.getParent();
        if (language == Language.NODE && home != null && home.getParent() != null) {
            addUnlessSystem(folders, home.getParent());
        }
        return new Interpreter(path, lines.get(1), folders);
    }

    private static void addUnlessSystem(List<Path> folders, Path folder) {
        if (!folder.startsWith("/usr") && folder.getNameCount() > 0 && Files.isDirectory(folder)) {
            folders.add(folder);
        }
    }

    private static List<String> run(Language language, List<String> command)
            throws SandboxException, InterruptedException {
        Process process = null;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new SandboxException(
                        command.getFirst() + " did not answer within " + PATIENCE_SECONDS + " s");
            }
            // a few short lines, which fit the pipe
            return new String(process.getInputStream().readNBytes(1 << 16), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new SandboxException(
                    command.getFirst()
                            + " cannot be started ("
                            + e.getMessage()
                            + "): "
                            + language.remedy);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private @Nullable Path onPath(String program) {
        for (String folder : searchPath.split(File.pathSeparator, -1)) {
            Path file = Path.of(folder, program);
            if (file.isAbsolute() && Files.isExecutable(file) && !Files.isDirectory(file)) {
                return file;
            }
        }
        return null;
    }

    private SandboxException absent(Language language) {
        return new SandboxException(
                language.program
                        + " is not installed (looked in "
                        + searchPath
                        + "): "
                        + language.remedy);
    }
}
