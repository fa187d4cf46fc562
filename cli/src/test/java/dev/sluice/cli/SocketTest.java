package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TaskState;
import dev.sluice.model.Value;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketTest {
    @TempDir Path data;
    private FakeWorkspace workspace;
    private SocketServer server;

    @BeforeEach
    void listen() throws IOException {
        Map<String, Value> outputs = new LinkedHashMap<>();
        outputs.put("table", Samples.TABLE);
        outputs.put("$artifact", Value.of("a key like ours"));
        workspace =
                new FakeWorkspace(
                        Samples.run(RunState.FAILED, outputs, Samples.task("b", TaskState.FAILED)));
        server = SocketServer.start(workspace, data);
    }

    @AfterEach
    void hangUp() {
        server.close();
    }

    @Test
    void aRunArrivesAsItWasSent() throws Exception {
        assertThat(RemoteWorkspace.connect(data).show(Samples.RUN)).isEqualTo(workspace.view);
    }

    @Test
    void newsArriveInOrderAndThenTheEnd() throws Exception {
        workspace.news.addAll(
                List.of(
                        new RunNews.Snapshot(workspace.view),
                        new RunNews.TaskChanged("a", -1, TaskState.RUNNING, 1, null),
                        new RunNews.ItemsKnown("a", 7),
                        new RunNews.Progress("a", 3, Double.NaN, "hm"),
                        new RunNews.Progress("a", 3, 0.5, "half"),
                        new RunNews.Metric("a", -1, "auc", 0.5),
                        new RunNews.LogLine("a", -1, 1, 9, "a\nb\u2028"),
                        new RunNews.RunChanged(RunState.FAILED)));
        List<RunNews> arrived = new ArrayList<>();
        RunView end = RemoteWorkspace.connect(data).follow(Samples.RUN, arrived::add);
        assertThat(arrived).isEqualTo(workspace.news);
        assertThat(end).isEqualTo(workspace.view);
    }

    @Test
    void everyRequestReachesTheOwner() throws Exception {
        RemoteWorkspace remote = RemoteWorkspace.connect(data);
        FlowId flow = new FlowId("sample");
        assertThat(remote.saveFlow("id: x\nä\u0000", Path.of("/flows"))).isEqualTo(1);
        assertThat(remote.flows(null, 10)).isEqualTo(workspace.flows(null, 10));
        assertThat(remote.flow(flow, null).text()).isEqualTo("id: sample\n");
        assertThat(
                        remote.submit(
                                new Workspace.Submission(
                                        flow, 1, Map.of("t", Samples.TABLE), "key", data)))
                .isEqualTo(Samples.RUN);
        Workspace.RunQuery query = new Workspace.RunQuery(flow, RunState.FAILED, null, 5);
        assertThat(remote.runs(query)).isEqualTo(workspace.runs(query));
        remote.cancel(Samples.RUN);
        remote.pause(Samples.RUN);
        remote.resume(Samples.RUN);
        remote.resumeUnfinished(List.of(Samples.RUN));
        remote.answer(Samples.RUN, "t", -1, Map.of("approved", Value.of(true)));
        assertThat(remote.replay(Samples.RUN, "a", null)).isEqualTo(Samples.RUN);
        assertThat(remote.log(Samples.RUN, "a", -1, 2)).isEqualTo(Path.of("/nowhere/a.2"));
        assertThat(remote.scrub()).containsExactly("one is damaged");
        assertThat(remote.collectGarbage()).isEqualTo(new Workspace.Collected(2, 3_000_000));
        assertThat(remote.purge(List.of(Samples.RUN))).isEqualTo(1);
        assertThat(workspace.asked)
                .contains(
                        "cancel " + Samples.RUN,
                        "pause " + Samples.RUN,
                        "resume " + Samples.RUN,
                        "replay " + Samples.RUN + " a null");
    }

    @Test
    void aRefusalKeepsItsReasonAndItsWords() throws Exception {
        workspace.refusal = new Refusal(Refusal.Reason.NOT_FOUND, "no such run");
        assertThatThrownBy(() -> RemoteWorkspace.connect(data).show(Samples.RUN))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        e -> assertThat(e.reason()).isEqualTo(Refusal.Reason.NOT_FOUND))
                .hasMessage("no such run");
    }

    @Test
    void onlyTheOwnerMayEvenOpenTheSocket() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place())))
                .isEqualTo("rw-------");
        server.close();
        assertThat(Files.list(data)).isEmpty();
    }

    @Test
    void aSocketThatACrashLeftIsReplaced() throws Exception {
        try (SocketServer second = SocketServer.start(workspace, data)) {
            assertThat(second).isNotNull();
            assertThat(RemoteWorkspace.connect(data).show(Samples.RUN)).isEqualTo(workspace.view);
        }
    }

    @Test
    void aDeepDirectoryHasItsSocketElsewhere() throws Exception {
        Path deep = Files.createDirectories(data.resolve("d".repeat(120)));
        try (SocketServer other = SocketServer.start(workspace, deep)) {
            assertThat(other).isNotNull();
            assertThat(RemoteWorkspace.connect(deep).show(Samples.RUN)).isEqualTo(workspace.view);
        }
    }

    @Test
    void nonsenseIsRefusedAndTheNextClientIsServed() throws Exception {
        for (String nonsense :
                List.of(
                        "\n",
                        "{}\n",
                        "GET / HTTP/1.1\r\n",
                        "[".repeat(100_000) + "\n",
                        "{\"v\":1}\n",
                        "{\"v\":1,\"op\":\"rm\"}\n",
                        "{\"v\":1,\"op\":\"show\",\"run\":\"../../etc\"}\n",
                        "{\"v\":1,\"op\":\"show\",\"run\":7}\n",
                        "{\"v\":1,\"op\":\"log\",\"run\":\"" + Samples.RUN + "\"}\n",
                        "{\"v\":1,\"op\":\"runs\",\"limit\":99999999999}\n",
                        "{\"v\":1,\"op\":\"open\",\"artifact\":{\"$artifact\":{}}}\n")) {
            assertThat(exchange(nonsense)).as(nonsense).startsWith("{\"refused\":\"INVALID\"");
        }
        assertThat(exchange("{\"v\":2,\"op\":\"runs\"}\n")).contains("use the same version");
        assertThat(RemoteWorkspace.connect(data).show(Samples.RUN)).isEqualTo(workspace.view);
    }

    @Test
    void aRequestWithoutAnEndIsCutOff() throws Exception {
        byte[] chunk = new byte[1 << 20];
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(place()))) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 64; i++) {
                                    channel.write(ByteBuffer.wrap(chunk));
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }

    private Path place() {
        return SocketPlace.of(data);
    }

    private String exchange(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(place()))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
