package dev.sluice.runtime;

import dev.sluice.compiler.FlowCompiler;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TaskType;
import dev.sluice.store.files.FileArtifacts;
import dev.sluice.store.files.FileLogs;
import dev.sluice.tasks.control.ControlTasks;
import dev.sluice.testkit.store.MemoryJournal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A runtime on a temporary folder, with task types that tests steer, that can be killed and opened
 * again.
 */
final class Workshop implements AutoCloseable {
    static final TenantId TENANT = TenantId.DEFAULT;

    final MemoryJournal journal = new MemoryJournal();
    final List<String> troubles = new CopyOnWriteArrayList<>();
    final Scripted scripted = new Scripted();

    /** What is added to the wall clock. */
    final AtomicReference<Duration> shift = new AtomicReference<>(Duration.ZERO);

    /** Calls of the journal that fail next, queries too. */
    final AtomicInteger failures = new AtomicInteger();

    private final Path root;
    private Runnable kill = () -> {};
    Runs runs;

    Workshop(Path root) throws Exception {
        this.root = root;
        this.runs = open(mortal());
    }

    private Runs open(JournalStore store) throws Exception {
        Map<String, TaskType> types = new HashMap<>();
        InstantSource wall = () -> Instant.now().plus(shift.get());
        ControlTasks.types(wall).forEach(type -> types.put(type.name(), type));
        types.put(scripted.name(), scripted);
        return Runs.open(
                new Runs.Ground(
                        store,
                        new FileArtifacts(root),
                        new FileLogs(root),
                        new NoSandbox(),
                        new NoTables(),
                        new FlowCompiler(types),
                        root.resolve("work"),
                        List.of(),
                        4,
                        troubles::add),
                new Clock(wall, System::nanoTime));
    }

    /** The journal as one process sees it, until that process is killed. */
    private JournalStore mortal() {
        AtomicBoolean dead = new AtomicBoolean();
        kill = () -> dead.set(true);
        return (JournalStore)
                Proxy.newProxyInstance(
                        JournalStore.class.getClassLoader(),
                        new Class<?>[] {JournalStore.class},
                        (_, method, args) -> {
                            if (dead.get()) {
                                throw new StoreException("this process was killed");
                            }
                            if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                                throw new StoreException("the disk is out of reach");
                            }
                            if (args != null && Arrays.asList(args).contains("poison")) {
                                throw new StackOverflowError("a defect");
                            }
                            try {
                                return method.invoke(journal, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /**
     * As if the process had been killed: nothing is put down in order, and a new one opens what is
     * in the journal.
     */
    void killAndReopen() throws Exception {
        kill.run();
        runs = open(mortal());
        scripted.releaseAll();
    }

    /** The same, but the attempts of the killed process stay at their gates. */
    void killOnly() throws Exception {
        kill.run();
        runs = open(mortal());
    }

    /** Waits until so many troubles were told. */
    boolean troublesWere(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (troubles.size() < count && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        return troubles.size() >= count;
    }

    void removeArtifact(Value.Artifact artifact) throws Exception {
        Files.delete(new FileArtifacts(root).path(TENANT, artifact.digest()));
    }

    /** As if the program had been ended and started again. */
    void closeAndReopen() throws Exception {
        runs.close();
        runs = open(mortal());
    }

    int save(String text) throws Exception {
        return runs.saveFlow(TENANT, text, root, "test");
    }

    RunId submit(String text) throws Exception {
        return submit(text, Map.of(), null);
    }

    RunId submit(String text, Map<String, Value> inputs, @Nullable String key) throws Exception {
        int version = runs.saveFlow(TENANT, text, root, "test");
        String id = text.lines().findFirst().orElseThrow().substring("id: ".length());
        return runs.submit(
                TENANT,
                new Runs.Submission(
                        new FlowId(id), version, inputs, key, root, "test", Value.MapOf.EMPTY));
    }

    /**
     * The child of a run, as soon as there is one: a listing is the only way to see it from
     * outside.
     */
    RunId childOf(RunId parent) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            for (JournalStore.RunRow row :
                    runs.list(TENANT, new JournalStore.RunQuery(null, null, null, 10))) {
                if (parent.equals(row.parent())) {
                    return row.id();
                }
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("run " + parent + " has no child");
    }

    RunView end(RunId run) throws Exception {
        return runs.ended(TENANT, run).get(20, TimeUnit.SECONDS);
    }

    RunView run(String text) throws Exception {
        return end(submit(text));
    }

    /** Waits, told by the runtime, until the run is as wanted. */
    RunView until(RunId run, Predicate<RunView> wanted) throws Exception {
        java.util.concurrent.Semaphore changed = new java.util.concurrent.Semaphore(0);
        try (AutoCloseable _ = runs.watch(TENANT, run, _ -> changed.release())) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (true) {
                RunView view = runs.show(TENANT, run);
                if (wanted.test(view)) {
                    return view;
                }
                if (!changed.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new AssertionError("the run did not become as wanted: " + view);
                }
            }
        }
    }

    static RunView.TaskView task(RunView view, String path) {
        return view.tasks().stream()
                .filter(task -> task.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no task " + path));
    }

    static Predicate<RunView> is(String task, TaskState state) {
        return view -> task(view, task).state() == state;
    }

    @Override
    public void close() {
        scripted.releaseAll();
        runs.close();
    }
}
