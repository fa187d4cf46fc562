import dev.sluice.bench.Flows;
import dev.sluice.bench.LocalRuns;
import dev.sluice.model.RunState;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Sluice in the harness that measures the peers: the engine with its durable store, submitted to in process. */
public class SluicePeer implements Peer {
    private LocalRuns runs;

    @Override
    public String id() {
        return "sluice";
    }

    @Override
    public void start(Path data) throws Exception {
        runs = new LocalRuns(data);
        runs.save(Flows.one());
        runs.save(Flows.chain(40));
        runs.save(Flows.fan(1000));
    }

    @Override
    public CompletableFuture<?> run(String flow) throws Exception {
        return runs.start(flow).thenAccept(view -> {
            if (view.state() != RunState.SUCCEEDED) {
                throw new IllegalStateException(flow + " ended " + view.state() + ": " + view.error());
            }
        });
    }

    @Override
    public long diskBytes() throws Exception {
        return runs.storeBytes();
    }

    @Override
    public void close() throws Exception {
        runs.close();
    }
}
