package dev.sluice.tasks.code;

import dev.sluice.model.Digest;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs a script of the user's in the sandbox.
 *
 * <p>The process finds its inputs through the manifest, a JSON file that {@code SLUICE_MANIFEST}
 * names, writes outputs to {@code SLUICE_OUT}, and tells progress on descriptor 3 (see {@link
 * Workspace}, {@link Declarations}, {@link ProcessLog}). A shell script is given the same as
 * variables: {@code SLUICE_IN} is the folder of inputs ({@code clean.ndjson}, {@code
 * clean.parquet}, {@code samples.csv}), {@code SLUICE_INPUT_SEED} the value or path of one; what it
 * writes to {@code $SLUICE_OUT/} is its output, called by the file's stem ({@code .ndjson} and
 * {@code .parquet} are tables), and each line {@code name=value} that it adds to {@code
 * $SLUICE_VALUES} a value.
 */
final class CodeTask implements TaskType {
    private static final long MAX_SCRIPT_BYTES = 1 << 20;
    private static final Duration NO_LIMIT = Duration.ofDays(365);
    private static final int MAX_PROCESSES = 128;
    private static final int MAX_OPEN_FILES = 256;
    private static final long MAX_LOG_BYTES = 16L << 20;
    private static final Interpreter POSIX_SHELL =
            new Interpreter(Path.of("/bin/sh"), "POSIX", List.of());
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Language language;
    private final InterpreterLookup interpreters;
    private final Map<String, String> helpers;

    CodeTask(Language language, InterpreterLookup interpreters) {
        this.language = language;
        this.interpreters = interpreters;
        this.helpers =
                language.helpers().stream()
                        .collect(Collectors.toMap(name -> name, Language::resource));
    }

    @Override
    public String name() {
        return language.type;
    }

    @Override
    public String summary() {
        return language.summary;
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public boolean heavy() {
        return true;
    }

    @Override
    public List<Key> keys() {
        return List.of(
                Key.optional(
                        "script",
                        KeyType.STRING,
                        Expressions.NONE,
                        "The code. Hand values over with `inputs:` or `env:`."),
                Key.optional(
                        "file",
                        KeyType.STRING,
                        Expressions.NONE,
                        "A file of the flow's folder that holds the code, instead of `script`."),
                Key.optional(
                        "args",
                        KeyType.LIST,
                        Expressions.INLINE,
                        "Arguments of the script: texts, numbers or truth values."),
                Key.optional(
                        "env",
                        KeyType.MAP,
                        Expressions.INLINE,
                        "Environment variables. Nothing is inherited from the server."),
                Key.optional(
                        "outputs",
                        KeyType.MAP,
                        Expressions.NONE,
                        "Output names and types ("
                                + typeWords()
                                + "); checked when the code has run. Omitted: any outputs."));
    }

    @Override
    public Shape shape(Node.Map config) {
        List<Problem> problems = new ArrayList<>();
        Node script = config.find("script");
        Node file = config.find("file");
        if (script == null && file == null) {
            problems.add(
                    new Problem(
                            config.mark(),
                            language.type
                                    + ": neither `script` nor `file` (expected: one of them)"));
        } else if (script != null && file != null) {
            problems.add(
                    new Problem(
                            mark(config, "file"),
                            language.type
                                    + ": both `script` and `file` (expected: one of them); remove"
                                    + " one"));
        }
        if (config.find("env") instanceof Node.Map env) {
            env.entries().forEach(entry -> checkVariable(entry, problems));
        }
        Map<String, ValueType> outputs = new LinkedHashMap<>();
        Node declared = config.find("outputs");
        if (declared instanceof Node.Map map) {
            map.entries().forEach(entry -> declare(entry, outputs, problems));
        }
        return new Shape(outputs, declared == null, Set.of(), problems);
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        Interpreter interpreter = interpreter();
        refuseGpus(context.resources());
        Script script = script(context);
        Map<String, ValueType> types = declaredTypes(context);
        Workspace workspace = new Workspace(context);
        Path file = workspace.installCode(helpers, script.fileName(), script.text());
        Path manifest = workspace.stageInputs();
        List<Path> readOnly = new ArrayList<>(interpreter.readOnly());
        readOnly.addAll(workspace.readOnly());
        List<String> command =
                language.command(
                        interpreter,
                        workspace.code,
                        file,
                        script.fileName(),
                        args(context),
                        context.resources());
        ProcessLog log = new ProcessLog(context);
        Sandbox.Exit exit;
        try {
            exit =
                    context.sandbox()
                            .run(
                                    new Sandbox.Launch(
                                            command,
                                            environment(context, workspace, manifest),
                                            workspace.tmp,
                                            readOnly,
                                            List.of(workspace.out, workspace.tmp),
                                            limits(context)),
                                    log);
        } catch (SandboxException e) {
            throw TaskException.terminal(String.valueOf(e.getMessage()));
        } finally {
            log.end();
        }
        if (exit.droppedBytes() > 0) {
            context.log(
                    "sluice: "
                            + exit.droppedBytes()
                            + " bytes of output beyond "
                            + MAX_LOG_BYTES
                            + " were dropped");
        }
        if (exit.limit() != null || exit.code() != 0) {
            throw TaskException.retryable(failure(exit, log, script.fileName(), context));
        }
        Map<String, Outputs.Declared> made =
                language == Language.SHELL
                        ? Declarations.ofShell(workspace.out, types)
                        : Declarations.ofHelper(workspace.out);
        return new Outcome.Succeeded(new Outputs(context, workspace.out).collect(made, types));
    }

    @Override
    public String fingerprint(TaskContext context) throws TaskException {
        StringBuilder all = new StringBuilder();
        try {
            all.append(interpreter().version());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw TaskException.retryable(language.type + ": interrupted while looking for it");
        }
        all.append('\n').append(Digest.of(script(context).text().getBytes(StandardCharsets.UTF_8)));
        helpers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        h -> all.append('\n').append(h.getKey()).append('\n').append(h.getValue()));
        return Digest.of(all.toString().getBytes(StandardCharsets.UTF_8)).hex();
    }

    private Interpreter interpreter() throws TaskException, InterruptedException {
        return language.interpreter == null ? POSIX_SHELL : interpreters.find(language.interpreter);
    }

    private record Script(String fileName, String text) {}

    private Script script(TaskContext context) throws TaskException {
        if (context.config().get("script") instanceof Value.Text(String text)) {
            String task = context.task().substring(context.task().lastIndexOf('/') + 1);
            return new Script(task + language.extension(text), text);
        }
        if (!(context.config().get("file") instanceof Value.Text(String name))) {
            throw TaskException.terminal(
                    language.type + ": neither `script` nor `file` (expected: one of them)");
        }
        Path file = context.file(name);
        try {
            long size = Files.size(file);
            if (size > MAX_SCRIPT_BYTES) {
                throw TaskException.terminal(
                        "file \""
                                + name
                                + "\": "
                                + size
                                + " bytes (expected: a script, at most 1 MiB)");
            }
            return new Script(
                    String.valueOf(file.getFileName()),
                    new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException _) {
            throw TaskException.terminal(
                    "file \"" + name + "\" does not exist (looked for " + file + ")");
        } catch (IOException e) {
            throw TaskException.terminal("file \"" + name + "\" cannot be read: " + e);
        }
    }

    private Map<String, String> environment(
            TaskContext context, Workspace workspace, Path manifest) {
        String threads = String.valueOf((int) Math.max(1, Math.ceil(context.resources().cpus())));
        String tmp = workspace.tmp.toString();
        Map<String, String> env = new LinkedHashMap<>();
        env.put("PATH", "/usr/bin:/bin");
        env.put("LANG", "C.UTF-8");
        env.put("HOME", tmp);
        env.put("TMPDIR", tmp);
        env.put("OMP_NUM_THREADS", threads);
        env.put("OPENBLAS_NUM_THREADS", threads);
        env.put("SLUICE_CONTROL", "3");
        env.put("SLUICE_MANIFEST", manifest.toString());
        env.put("SLUICE_IN", workspace.in.toString());
        switch (language) {
            case PYTHON -> {
                env.put("SLUICE_OUT", workspace.out.toString());
                env.put("PYTHONUTF8", "1");
                // Sets of texts keep their order from run to run: equal inputs, equal outputs.
                env.put("PYTHONHASHSEED", "0");
            }
            case NODE -> {
                env.put("SLUICE_OUT", workspace.out.toString());
                // Node ends if it may not read the system's, which lies outside the sandbox.
                env.put("OPENSSL_CONF", "/dev/null");
            }
            case SHELL -> {
                env.put("SLUICE_OUT", workspace.out.resolve("files").toString());
                env.put("SLUICE_VALUES", workspace.out.resolve("values").toString());
                env.put("SLUICE_RUN", context.run().toString());
                env.put("SLUICE_TASK", context.task());
                env.put("SLUICE_ATTEMPT", String.valueOf(context.attempt()));
                env.put("SLUICE_IDEMPOTENCY_KEY", context.idempotencyKey());
                if (context.item() >= 0) {
                    env.put("SLUICE_INDEX", String.valueOf(context.item()));
                }
                env.putAll(workspace.inputVariables());
            }
        }
        if (context.config().get("env") instanceof Value.MapOf given) {
            given.entries().forEach((name, value) -> env.put(name, text(value)));
        }
        return env;
    }

    private static List<String> args(TaskContext context) {
        return context.config().get("args") instanceof Value.ListOf list
                ? list.items().stream().map(CodeTask::text).toList()
                : List.of();
    }

    private static Sandbox.Limits limits(TaskContext context) {
        Resources resources = context.resources();
        Duration left = context.remaining();
        Duration wall = left == null ? NO_LIMIT : left;
        return new Sandbox.Limits(
                resources.memoryBytes(),
                wall,
                wall.multipliedBy((long) Math.max(1, Math.ceil(resources.cpus()))),
                MAX_PROCESSES,
                resources.diskBytes(),
                MAX_OPEN_FILES,
                MAX_LOG_BYTES);
    }

    private static void refuseGpus(Resources resources) throws TaskException {
        if (resources.gpus() > 0) {
            throw TaskException.terminal(
                    "resources.gpu: "
                            + resources.gpus()
                            + ": the sandbox of this machine gives no GPU to user code; set it to 0");
        }
    }

    private static String failure(
            Sandbox.Exit exit, ProcessLog log, String script, TaskContext context) {
        if (exit.limit() != null) {
            return exit.limit() + " (" + script + ")";
        }
        String error = log.error();
        if (error != null) {
            return error.startsWith("MemoryError")
                    ? error
                            + "; resources.memory is "
                            + (context.resources().memoryBytes() >> 20)
                            + "Mi: raise it"
                    : error;
        }
        String last = log.lastErrorLine();
        return "exit code "
                + exit.code()
                + (exit.code() > 128 ? " (signal " + (exit.code() - 128) + ")" : "")
                + (last.isEmpty() ? "; nothing on stderr" : "; last stderr line: " + last);
    }

    private static Map<String, ValueType> declaredTypes(TaskContext context) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        if (context.config().get("outputs") instanceof Value.MapOf declared) {
            declared.entries()
                    .forEach((name, word) -> {
                        ValueType type = word instanceof Value.Text t ? type(t.value()) : null;
                        if (type != null) {
                            types.put(name, type);
                        }
                    });
        }
        return types;
    }

    private static void checkVariable(Node.Entry entry, List<Problem> problems) {
        if (!VARIABLE.matcher(entry.key()).matches() || entry.key().startsWith("SLUICE_")) {
            problems.add(
                    new Problem(
                            entry.mark(),
                            "env: \""
                                    + entry.key()
                                    + "\" (expected: a name of letters, digits and _ that does not begin"
                                    + " with SLUICE_)"));
        }
    }

    private static void declare(
            Node.Entry entry, Map<String, ValueType> outputs, List<Problem> problems) {
        if (!Outputs.isName(entry.key())) {
            problems.add(
                    new Problem(
                            entry.mark(),
                            "outputs: \""
                                    + entry.key()
                                    + "\" (expected: a name of letters, digits and _, at most 63)"));
        }
        String word = entry.value() instanceof Node.Scalar scalar ? scalar.text() : "";
        ValueType type = type(word);
        if (type == null) {
            problems.add(
                    new Problem(
                            entry.value().mark(),
                            "outputs: "
                                    + entry.key()
                                    + ": "
                                    + (word.isEmpty() ? entry.value().kind() : "\"" + word + "\"")
                                    + " (expected: one of "
                                    + typeWords()
                                    + ")"));
            return;
        }
        outputs.put(entry.key(), type);
    }

    private static @Nullable ValueType type(String word) {
        for (ValueType type : ValueType.values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        return null;
    }

    private static String typeWords() {
        return Arrays.stream(ValueType.values())
                .map(ValueType::word)
                .collect(Collectors.joining(", "))
                .toLowerCase(Locale.ROOT);
    }

    private static Mark mark(Node.Map config, String key) {
        return config.entries().stream()
                .filter(entry -> entry.key().equals(key))
                .map(Node.Entry::mark)
                .findFirst()
                .orElse(config.mark());
    }

    /** A value as an argument or variable: texts as they are, anything else as JSON. */
    private static String text(Value value) {
        return value instanceof Value.Text(String text) ? text : Json.write(value.toJava());
    }
}
