package dev.sluice.app;

import dev.sluice.cli.Host;
import dev.sluice.cli.Refusal;
import dev.sluice.cli.Workspace;
import dev.sluice.compiler.CompiledFlow;
import dev.sluice.compiler.FlowCompiler;
import dev.sluice.graph.Format;
import dev.sluice.graph.GraphFormats;
import dev.sluice.runtime.Runs;
import dev.sluice.sandbox.Interpreters;
import dev.sluice.sandbox.Sandboxes;
import dev.sluice.sandbox.UnsafeProcess;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.StoreException;
import dev.sluice.tasks.http.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Everything in this process, each part made when it is first needed. */
final class LocalHost implements Host {
    private final FlowCompiler compiler = compiler(NetworkPolicy.PUBLIC_ONLY);
    private final Consumer<String> trouble;

    /**
     * @param trouble is told, in one line, what went wrong outside any run
     */
    LocalHost(Consumer<String> trouble) {
        this.trouble = trouble;
    }

    private static FlowCompiler compiler(NetworkPolicy network) {
        return new FlowCompiler(
                TaskTypes.all(
                        new InstalledInterpreters(new Interpreters(System.getenv("PATH"))),
                        network));
    }

    @Override
    public Checked check(String text) {
        FlowCompiler.Result result = compiler.compile(text);
        CompiledFlow flow = result.flow();
        return new Checked(flow == null ? null : flow.flow(), result.problems());
    }

    @Override
    public List<String> pictureFormats() {
        return Arrays.stream(Format.values()).map(Format::word).toList();
    }

    @Override
    public String draw(String text, String format) {
        return GraphFormats.render(
                Objects.requireNonNull(compiler.compile(text).flow(), "a flow without mistakes"),
                Objects.requireNonNull(Format.find(format), format));
    }

    @Override
    public List<Finding> examine(Path data) {
        return new Examination(data).findings();
    }

    @Override
    public Workspace own(Path data, Grants grants) throws HeldException, Refusal {
        FlowCompiler granted = grants.hosts().isEmpty() ? compiler : compiler(network(grants));
        try {
            Ground ground = Ground.open(data);
            try {
                return new LocalWorkspace(
                        ground,
                        Runs.open(runtime(ground, grants, granted)),
                        System.getProperty("user.name"));
            } catch (StoreException | RuntimeException e) {
                ground.close();
                throw e;
            }
        } catch (dev.sluice.store.HeldException e) {
            throw new HeldException(String.valueOf(e.getMessage()));
        } catch (StoreException | IOException e) {
            throw new Refusal(Refusal.Reason.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    private static NetworkPolicy network(Grants grants) throws Refusal {
        try {
            return new NetworkPolicy(grants.hosts());
        } catch (IllegalArgumentException e) {
            throw new Refusal(Refusal.Reason.INVALID, "--allow-host: " + e.getMessage(), e);
        }
    }

    private Runs.Ground runtime(Ground ground, Grants grants, FlowCompiler granted) {
        return new Runs.Ground(
                ground.journal(),
                ground.artifacts(),
                ground.logs(),
                grants.unsafeProcess()
                        ? new UnsafeProcess()
                        : new Sandboxes(
                                ground.data().root().resolve("jail-probes"), Sandbox.Rung.JAIL),
                ground.tables(),
                granted,
                ground.data().work(),
                grants.folders(),
                Runtime.getRuntime().availableProcessors(),
                trouble);
    }
}
