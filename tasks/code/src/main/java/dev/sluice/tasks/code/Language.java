package dev.sluice.tasks.code;

import dev.sluice.model.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How scripts of one language are started, and with which helper. */
enum Language {
    PYTHON(
            "python",
            "python3",
            "Runs Python with the `sluice` module: tables, files and values in and out."),
    SHELL("shell", null, "Runs a POSIX shell script; inputs and outputs are files and variables."),
    NODE(
            "node",
            "node",
            "Runs JavaScript with the `sluice` object: tables, files and values in and out.");

    private static final Pattern MODULE_SYNTAX =
            Pattern.compile("^\\s*(import\\s+[\\w*{\"']|export\\s)", Pattern.MULTILINE);

    final String type;

    /** What it is looked up by, or null for {@code /bin/sh}. */
    final @Nullable String interpreter;

    final String summary;

    Language(String type, @Nullable String interpreter, String summary) {
        this.type = type;
        this.interpreter = interpreter;
        this.summary = summary;
    }

    /** The helper files that the script finds beside it. */
    List<String> helpers() {
        return switch (this) {
            case PYTHON ->
                    List.of("_sluice_main.py", "_sluice_json.py", "_sluice_rows.py", "sluice.py");
            case SHELL -> List.of();
            case NODE -> List.of("main.js", "node_modules/sluice/index.js");
        };
    }

    /** The ending of a script of this language; for Node it decides the module system. */
    String extension(String script) {
        return switch (this) {
            case PYTHON -> ".py";
            case SHELL -> ".sh";
            case NODE -> MODULE_SYNTAX.matcher(script).find() ? ".mjs" : ".js";
        };
    }

    /**
     * @param helpers the folder the helpers lie in
     * @param script the script's file
     * @param shown the script's name in messages
     */
    List<String> command(
            Interpreter interpreter,
            Path helpers,
            Path script,
            String shown,
            List<String> args,
            Resources resources) {
        List<String> command = new ArrayList<>();
        command.add(interpreter.path().toString());
        switch (this) {
            case PYTHON -> {
                command.addAll(List.of("-S", "-s", "-B"));
                command.add(helpers.resolve("_sluice_main.py").toString());
                command.add(script.toString());
                command.add(shown);
            }
            case SHELL -> {
                command.add("-e");
                command.add(script.toString());
            }
            case NODE -> {
                // Below the task's limit: so that the script is told of its memory's end, not
                // killed.
                long heapMegabytes = Math.max(16, resources.memoryBytes() / 4 * 3 >> 20);
                command.add("--max-old-space-size=" + heapMegabytes);
                command.add(helpers.resolve("main.js").toString());
                command.add(script.toString());
                command.add(shown);
            }
        }
        command.addAll(args);
        return command;
    }

    /** The text of a helper file. */
    static String resource(String name) {
        String file = name.startsWith("node_modules/") ? "sluice.js" : name;
        try (InputStream in =
                Objects.requireNonNull(Language.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
