package dev.sluice.runtime;

import dev.sluice.compiler.FlowInputs;
import dev.sluice.engine.Command;
import dev.sluice.engine.Plan;
import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.model.Flow;
import dev.sluice.model.MediaTypes;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.runtime.RefusedException.Reason;
import dev.sluice.spi.StoreException;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Makes requests for runs: checks the inputs and takes their files in. Thread-safe. */
final class Submissions {
    private final Runs.Ground ground;
    private final FlowCatalog catalog;
    private final RunIds ids;

    Submissions(Runs.Ground ground, FlowCatalog catalog, RunIds ids) {
        this.ground = ground;
        this.catalog = catalog;
        this.ids = ids;
    }

    /** Outputs of another run that tasks, by index, take over. */
    record Reuse(Map<Integer, Map<String, Value>> outputs, @Nullable RunId from) {
        static final Reuse NONE = new Reuse(Map.of(), null);
    }

    Request.Submit request(
            TenantId tenant,
            FlowCatalog.Ready flow,
            Runs.Submission submission,
            RunEvent.@Nullable Parent parent,
            int depth,
            Reuse reuse)
            throws RefusedException {
        FlowInputs.Result resolved = FlowInputs.resolve(flow.flow().flow(), submission.inputs());
        if (!resolved.problems().isEmpty()) {
            throw new RefusedException(Reason.INVALID, String.join("\n", resolved.problems()));
        }
        Map<String, Value> inputs =
                takeFilesIn(
                        tenant,
                        flow.flow().flow(),
                        resolved.values(),
                        submission,
                        parent == null && reuse.from() == null);
        return new Request.Submit(
                tenant,
                ids.next(),
                flow,
                new Command.Submit(
                        inputs,
                        submission.trigger(),
                        submission.folder().toString(),
                        submission.by(),
                        ThreadLocalRandom.current().nextLong(),
                        parent,
                        depth,
                        false,
                        reuse.outputs(),
                        reuse.from()),
                submission.key(),
                new CompletableFuture<>(),
                new CompletableFuture<>());
    }

    /** A new run like an ended one, with what is neither {@code from} nor behind it taken over. */
    Request.Submit replay(
            TenantId tenant, FlowCatalog.Ready flow, RunFold old, @Nullable String from, String by)
            throws RefusedException, StoreException {
        Map<Integer, Map<String, Value>> outputs = new LinkedHashMap<>();
        Plan plan = flow.flow().plan();
        if (from != null) {
            Integer start = plan.indexOf(from);
            if (start == null) {
                throw new RefusedException(
                        Reason.INVALID,
                        "flow \""
                                + plan.flow()
                                + "\" version "
                                + flow.version()
                                + " has no task \""
                                + from
                                + "\"; it has "
                                + String.join(
                                        ", ", plan.indices().keySet().stream().sorted().toList()));
            }
            Plan oldPlan =
                    catalog.find(tenant, plan.flow(), old.identity().version()).flow().plan();
            BitSet first = new BitSet();
            first.set(start);
            BitSet again = plan.behind(first);
            for (Plan.Task task : plan.tasks()) {
                Integer before = oldPlan.indexOf(task.path());
                if (!again.get(task.index())
                        && before != null
                        && old.taskState(before).isSuccess()) {
                    outputs.put(task.index(), old.taskOutputs(before));
                }
            }
        }
        RunEvent.Submitted submitted = old.submitted();
        Runs.Submission submission =
                new Runs.Submission(
                        plan.flow(),
                        flow.version(),
                        known(flow.flow().flow(), submitted.inputs()),
                        null,
                        Path.of(submitted.folder()),
                        by,
                        submitted.trigger());
        return request(tenant, flow, submission, null, 0, new Reuse(outputs, old.identity().run()));
    }

    /** Another version may know other inputs. */
    private static Map<String, Value> known(Flow flow, Map<String, Value> inputs) {
        Map<String, Value> known = new LinkedHashMap<>();
        for (Flow.Input input : flow.inputs()) {
            Value value = inputs.get(input.name());
            if (value != null) {
                known.put(input.name(), value);
            }
        }
        return known;
    }

    private Map<String, Value> takeFilesIn(
            TenantId tenant,
            Flow flow,
            Map<String, Value> inputs,
            Runs.Submission submission,
            boolean namedByCaller)
            throws RefusedException {
        Map<String, Value> taken = new LinkedHashMap<>(inputs);
        for (Flow.Input input : flow.inputs()) {
            boolean isFile = input.type() == ValueType.FILE || input.type() == ValueType.TABLE;
            if (isFile && inputs.get(input.name()) instanceof Value.Text path) {
                boolean given = namedByCaller && submission.inputs().containsKey(input.name());
                taken.put(
                        input.name(),
                        takeIn(tenant, input, path.value(), given, submission.folder()));
            }
        }
        return taken;
    }

    /**
     * @param given whether the caller named the file, rather than the flow
     */
    private Value takeIn(TenantId tenant, Flow.Input input, String path, boolean given, Path folder)
            throws RefusedException {
        try {
            Path file =
                    given
                            ? folder.resolve(path)
                            : FlowFiles.resolve(folder, ground.fileRoots(), path);
            if (!Files.isRegularFile(file)) {
                throw new RefusedException(
                        Reason.INVALID,
                        "input \""
                                + input.name()
                                + "\": there is no file "
                                + file
                                + " (expected: a file that can be read)");
            }
            String name = String.valueOf(file.getFileName());
            Value.TableInfo table = input.type() == ValueType.TABLE ? inspect(input, file) : null;
            return ground.artifacts().put(tenant, file, MediaTypes.of(name), name, table);
        } catch (TaskException e) {
            throw new RefusedException(
                    Reason.INVALID, "input \"" + input.name() + "\": " + e.getMessage());
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw new RefusedException(
                    Reason.UNAVAILABLE,
                    "input \""
                            + input.name()
                            + "\": cannot take "
                            + path
                            + " in: "
                            + e.getMessage());
        }
    }

    private Value.TableInfo inspect(Flow.Input input, Path file)
            throws TaskException, RefusedException {
        if (!MediaTypes.of(file.toString()).equals(Value.Artifact.PARQUET)) {
            throw TaskException.terminal(
                    "table from "
                            + file
                            + " (expected: a .parquet file; read other formats with"
                            + " a file input and table.read)");
        }
        try {
            return ground.tables().inspect(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(
                    Reason.UNAVAILABLE, "input \"" + input.name() + "\": interrupted");
        }
    }
}
