package dev.sluice.testkit;

import dev.sluice.model.Digest;
import dev.sluice.model.Resources;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.TableFormats;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A task context on a temporary folder, for tests of task types: {@code work} is the attempt's
 * folder, {@code flow} the flow's own, {@code store} keeps artifacts by digest. Remembers what the
 * task logged and reported.
 */
public final class FakeTaskContext implements TaskContext {
    private final Path root;
    private final Map<String, Value> config = new LinkedHashMap<>();
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> progress = new CopyOnWriteArrayList<>();
    private final Map<String, Double> metrics = new ConcurrentHashMap<>();
    private Resources resources = Resources.DEFAULT;
    private @Nullable Duration remaining;
    private @Nullable Sandbox sandbox;
    private @Nullable TableFormats tables;
    private String title = "";
    private int attempt = 1;
    private int item = -1;
    private @Nullable Value itemValue;

    public FakeTaskContext(Path root) {
        this.root = root;
        try {
            for (String folder : List.of("work", "flow", "store")) {
                Files.createDirectories(root.resolve(folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FakeTaskContext with(String key, Value value) {
        config.put(key, value);
        return this;
    }

    public FakeTaskContext with(String key, String value) {
        return with(key, Value.of(value));
    }

    public FakeTaskContext input(String name, Value value) {
        inputs.put(name, value);
        return this;
    }

    public FakeTaskContext resources(Resources given) {
        this.resources = given;
        return this;
    }

    public FakeTaskContext remaining(Duration given) {
        this.remaining = given;
        return this;
    }

    public FakeTaskContext sandbox(Sandbox given) {
        this.sandbox = given;
        return this;
    }

    public FakeTaskContext tables(TableFormats given) {
        this.tables = given;
        return this;
    }

    public FakeTaskContext title(String given) {
        this.title = given;
        return this;
    }

    public FakeTaskContext attempt(int given) {
        this.attempt = given;
        return this;
    }

    public FakeTaskContext item(int index, Value value) {
        this.item = index;
        this.itemValue = value;
        return this;
    }

    /** A file of the flow's folder, to be named in a config. */
    public Path flowFile(String name, String content) {
        try {
            Path file = root.resolve("flow").resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> lines() {
        return lines;
    }

    public List<String> progress() {
        return progress;
    }

    public Map<String, Double> metrics() {
        return metrics;
    }

    @Override
    public TenantId tenant() {
        return TenantId.DEFAULT;
    }

    @Override
    public RunId run() {
        return new RunId(42);
    }

    @Override
    public String task() {
        return "task";
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public int item() {
        return item;
    }

    @Override
    public @Nullable Value itemValue() {
        return itemValue;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Map<String, Value> config() {
        return config;
    }

    @Override
    public Map<String, Value> inputs() {
        return inputs;
    }

    @Override
    public Path workDir() {
        return root.resolve("work");
    }

    @Override
    public Path file(String path) throws TaskException {
        Path flow = root.resolve("flow");
        Path file = flow.resolve(path).normalize();
        if (!file.startsWith(flow)) {
            throw TaskException.terminal("file \"" + path + "\" lies outside the flow's folder");
        }
        return file;
    }

    @Override
    public Path path(Value.Artifact artifact) throws TaskException {
        Path file = root.resolve("store").resolve(artifact.digest().hex());
        if (!Files.exists(file)) {
            throw TaskException.terminal("no artifact " + artifact.digest());
        }
        return file;
    }

    @Override
    public Value.Artifact store(
            Path file, String mediaType, String name, Value.@Nullable TableInfo table) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            Digest digest = Digest.of(bytes);
            Files.copy(
                    file,
                    root.resolve("store").resolve(digest.hex()),
                    StandardCopyOption.REPLACE_EXISTING);
            return new Value.Artifact(digest, bytes.length, mediaType, name, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Resources resources() {
        return resources;
    }

    @Override
    public @Nullable Duration remaining() {
        return remaining;
    }

    @Override
    public void log(String line) {
        lines.add(line);
    }

    @Override
    public void progress(double fraction, String message) {
        progress.add(fraction + " " + message);
    }

    @Override
    public void metric(String name, double value) {
        metrics.put(name, value);
    }

    @Override
    public Sandbox sandbox() {
        if (sandbox == null) {
            throw new IllegalStateException("this test gave no sandbox");
        }
        return sandbox;
    }

    @Override
    public TableFormats tables() {
        if (tables == null) {
            throw new IllegalStateException("this test gave no table formats");
        }
        return tables;
    }
}
