package dev.sluice.cli;

import dev.sluice.cli.ValueJson.Fields;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The workspace of the process that owns the data directory, through its socket. Thread-safe. */
final class RemoteWorkspace implements Workspace {
    private final UnixDomainSocketAddress address;

    private RemoteWorkspace(UnixDomainSocketAddress address) {
        this.address = address;
    }

    /**
     * @throws IOException if nobody answers there
     */
    static RemoteWorkspace connect(Path data) throws IOException {
        Path place = SocketPlace.of(data);
        if (!place.startsWith(data.toAbsolutePath().normalize())) {
            SocketPlace.requireOwn(place);
        }
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(place);
        SocketChannel.open(address).close();
        return new RemoteWorkspace(address);
    }

    @Override
    public int saveFlow(String text, Path folder) throws Refusal {
        return Math.toIntExact(integer(ask("saveFlow", "text", text, "folder", folder.toString())));
    }

    @Override
    public List<FlowLine> flows(@Nullable FlowId after, int limit) throws Refusal {
        return Wire.list(
                items(ask("flows", "after", after, "limit", limit)), Wire::readFlowLine, "flow");
    }

    @Override
    public FlowText flow(FlowId flow, @Nullable Integer version) throws Refusal {
        Fields answer = Wire.fields(ask("flow", "flow", flow, "version", version), "flow");
        return new FlowText(
                new FlowId(answer.text("flow")),
                answer.smallInteger("version"),
                answer.text("text"));
    }

    @Override
    public RunId submit(Submission submission) throws Refusal {
        return RunId.parse(
                text(
                        ask(
                                "submit",
                                "flow",
                                submission.flow(),
                                "version",
                                submission.version(),
                                "inputs",
                                submission.inputs(),
                                "key",
                                submission.key(),
                                "folder",
                                submission.folder().toString())));
    }

    @Override
    public RunView follow(RunId run, Consumer<RunNews> consumer)
            throws Refusal, InterruptedException {
        return Wire.readView(Wire.fields(exchange(request("follow", "run", run), consumer), "run"));
    }

    @Override
    public RunView show(RunId run) throws Refusal {
        return Wire.readView(Wire.fields(ask("show", "run", run), "run"));
    }

    @Override
    public List<RunLine> runs(RunQuery query) throws Refusal {
        return Wire.list(
                items(
                        ask(
                                "runs",
                                "flow",
                                query.flow(),
                                "state",
                                query.state(),
                                "after",
                                query.after(),
                                "limit",
                                query.limit())),
                Wire::readRunLine,
                "run");
    }

    @Override
    public List<RunLine> unfinished() throws Refusal {
        return Wire.list(items(ask("unfinished")), Wire::readRunLine, "run");
    }

    @Override
    public void resumeUnfinished(List<RunId> runs) throws Refusal {
        ask("resumeUnfinished", "runs", words(runs));
    }

    @Override
    public void cancel(RunId run) throws Refusal {
        ask("cancel", "run", run);
    }

    @Override
    public void pause(RunId run) throws Refusal {
        ask("pause", "run", run);
    }

    @Override
    public void resume(RunId run) throws Refusal {
        ask("resume", "run", run);
    }

    @Override
    public RunId replay(RunId run, @Nullable String from, @Nullable Integer version)
            throws Refusal {
        return RunId.parse(text(ask("replay", "run", run, "from", from, "version", version)));
    }

    @Override
    public void answer(RunId run, String task, int item, Map<String, Value> answer) throws Refusal {
        ask("answer", "run", run, "task", task, "item", item, "answer", answer);
    }

    @Override
    public Path log(RunId run, String task, int item, int attempt) throws Refusal {
        return Path.of(
                text(ask("log", "run", run, "task", task, "item", item, "attempt", attempt)));
    }

    @Override
    public Path open(RunId run, Value.Artifact artifact) throws Refusal {
        return Path.of(text(ask("open", "run", run, "artifact", artifact)));
    }

    @Override
    public List<Value> preview(Value.Artifact table, int rows) throws Refusal {
        return items(ask("preview", "artifact", table, "rows", rows));
    }

    @Override
    public void export(Value.Artifact artifact, Path target) throws Refusal {
        ask("export", "artifact", artifact, "target", target.toString());
    }

    @Override
    public List<String> scrub() throws Refusal {
        return items(ask("scrub")).stream().map(RemoteWorkspace::text).toList();
    }

    @Override
    public Collected collectGarbage() throws Refusal {
        Fields answer = Wire.fields(ask("collect"), "collected");
        return new Collected(answer.smallInteger("artifacts"), answer.integer("bytes"));
    }

    @Override
    public int purge(List<RunId> runs) throws Refusal {
        return Math.toIntExact(integer(ask("purge", "runs", words(runs))));
    }

    @Override
    public void close() {}

    private static List<String> words(List<RunId> runs) {
        return runs.stream().map(RunId::toString).toList();
    }

    private static String text(Value value) {
        if (value instanceof Value.Text(String text)) {
            return text;
        }
        throw new IllegalArgumentException("answer (expected: a string)");
    }

    private static long integer(Value value) {
        if (value instanceof Value.Int(long number)) {
            return number;
        }
        throw new IllegalArgumentException("answer (expected: an integer)");
    }

    private static List<Value> items(Value value) {
        if (value instanceof Value.ListOf(var items)) {
            return items;
        }
        throw new IllegalArgumentException("answer (expected: a list)");
    }

    private static Value.MapOf request(String op, @Nullable Object... fields) {
        Map<String, Value> request = new LinkedHashMap<>();
        request.put("v", Value.of(SocketServer.VERSION));
        request.put("op", Value.of(op));
        request.putAll(Wire.map(fields).entries());
        return new Value.MapOf(request);
    }

    private Value ask(String op, @Nullable Object... fields) throws Refusal {
        try {
            return exchange(request(op, fields), _ -> {});
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(Refusal.Reason.UNAVAILABLE, "interrupted", e);
        }
    }

    private Value exchange(Value.MapOf request, Consumer<RunNews> consumer)
            throws Refusal, InterruptedException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            ByteBuffer line =
                    ByteBuffer.wrap(
                            (ValueJson.exact(request) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    Channels.newInputStream(channel), StandardCharsets.UTF_8));
            for (String answer; (answer = in.readLine()) != null; ) {
                Fields fields = Wire.fields(ValueJson.parse(answer), "answer");
                if (fields.find("news") == null) {
                    return result(fields);
                }
                consumer.accept(Wire.readNews(Wire.fields(fields.find("news"), "news")));
            }
            throw gone("it hung up", null);
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException("interrupted while waiting for the owner");
        } catch (IOException e) {
            throw gone(e.getMessage(), e);
        }
    }

    private static Refusal gone(@Nullable String why, @Nullable Throwable cause) {
        return new Refusal(
                Refusal.Reason.UNAVAILABLE,
                "the process that owned the data directory is gone ("
                        + why
                        + "); ask again, or let its runs go on with: sluice runs resume",
                cause);
    }

    private static Value result(Fields answer) throws Refusal {
        String reason = answer.textOrNull("refused");
        if (reason != null) {
            throw new Refusal(Refusal.Reason.valueOf(reason), answer.text("message"));
        }
        Value ok = answer.map().find("ok");
        if (ok == null) {
            throw new IllegalArgumentException("answer (expected: ok or refused)");
        }
        return ok;
    }
}
