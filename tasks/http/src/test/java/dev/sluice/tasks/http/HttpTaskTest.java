package dev.sluice.tasks.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Resources;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import dev.sluice.testkit.FakeTaskContext;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTaskTest {
    @TempDir Path folder;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Map<String, List<String>>> seen = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private String base;

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aJsonAnswerIsAValue() throws Exception {
        on("/a", x -> answer(x, 200, "application/json; charset=utf-8", "{\"n\":[1,2.5,null]}"));

        Map<String, Value> outputs = run(context("/a"));

        assertThat(outputs).containsEntry("status", Value.of(200));
        assertThat(outputs.get("body").canonical())
                .isEqualTo(Value.ofJava(Map.of("n", listOf(1, 2.5, null))).canonical());
        assertThat(((Value.MapOf) outputs.get("headers")).find("content-type"))
                .isEqualTo(Value.of("application/json; charset=utf-8"));
    }

    @Test
    void textIsReadInItsCharset() throws Exception {
        on(
                "/a",
                x ->
                        answer(
                                x,
                                200,
                                "text/plain; charset=iso-8859-1",
                                "caffè".getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(run(context("/a"))).containsEntry("body", Value.of("caffè"));
    }

    @Test
    void bytesThatAreNoTextAskForAFile() {
        on("/a", x -> answer(x, 200, "image/png", new byte[] {(byte) 0x89, 'P', (byte) 0xff}));

        terminal(() -> run(context("/a")), "image/png", "save_as");
    }

    @Test
    void anAnswerIsSavedAsAFile() throws Exception {
        on("/a", x -> answer(x, 200, "text/csv", "a,b\n1,2\n"));
        FakeTaskContext context = context("/a").with("save_as", "rows.csv");

        Map<String, Value> outputs = run(context);

        Value.Artifact file = (Value.Artifact) outputs.get("file");
        assertThat(file.name()).isEqualTo("rows.csv");
        assertThat(file.mediaType()).isEqualTo("text/csv");
        assertThat(Files.readString(context.path(file))).isEqualTo("a,b\n1,2\n");
        assertThat(outputs).doesNotContainKey("body");
    }

    @Test
    void aBodyIsPostedAsJsonAndCarriesTheSameKeyInEveryAttempt() throws Exception {
        on("/a", x -> answer(x, 201, "text/plain", "made"));
        Value body = Value.ofJava(Map.of("name", "x"));

        run(context("/a").with("body", body));
        run(context("/a").with("body", body).attempt(2));
        run(
                context("/a")
                        .with("body", body)
                        .with("headers", Value.ofJava(Map.of("Idempotency-Key", "mine"))));

        assertThat(bodies).containsOnly("{\"name\":\"x\"}");
        List<String> keys = seen.stream().map(h -> h.get("Idempotency-key").getFirst()).toList();
        assertThat(keys.get(0)).hasSize(32).isEqualTo(keys.get(1));
        assertThat(keys.get(2)).isEqualTo("mine");
        assertThat(seen.getFirst().get("Content-type")).containsExactly("application/json");
    }

    @Test
    void anArtifactIsUploadedAsItsBytes() throws Exception {
        on("/a", x -> answer(x, 200, "text/plain", "ok"));
        FakeTaskContext context = context("/a").with("method", "PUT");
        Value.Artifact file =
                context.store(
                        Files.writeString(folder.resolve("x.csv"), "1,2"),
                        "text/csv",
                        "x.csv",
                        null);

        run(context.with("body", file));

        assertThat(bodies).containsExactly("1,2");
        assertThat(seen.getFirst().get("Content-type")).containsExactly("text/csv");
    }

    @Test
    void passingTroublesMayBeTriedAgainAndOthersNot() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        on("/flaky", x -> answer(x, calls.incrementAndGet() < 2 ? 503 : 200, "text/plain", "ok"));
        on("/busy", x -> answer(x, 429, "text/plain", "slow down"));
        on("/gone", x -> answer(x, 404, "text/plain", "no such thing"));

        retryable(() -> run(context("/flaky")), "answered 503");
        assertThat(run(context("/flaky").attempt(2))).containsEntry("body", Value.of("ok"));
        retryable(() -> run(context("/busy")), "answered 429");
        terminal(() -> run(context("/gone")), "answered 404", "allow_status: [404]");
        assertThat(run(context("/gone").with("allow_status", Value.ofJava(List.of(404)))))
                .containsEntry("status", Value.of(404))
                .containsEntry("body", Value.of("no such thing"));
    }

    @Test
    void aRefusedConnectionMayBeTriedAgain() {
        int port = server.getAddress().getPort();
        server.stop(0);

        retryable(() -> run(context("/a")), "127.0.0.1:" + port);
    }

    @Test
    void aRedirectIsFollowedAndChangesAPostToAGet() throws Exception {
        on("/a", x -> redirect(x, 302, "/b?x=1"));
        on("/b", x -> answer(x, 200, "text/plain", x.getRequestMethod()));

        assertThat(run(context("/a").with("body", "hello"))).containsEntry("body", Value.of("GET"));
        assertThat(run(context("/a").with("follow_redirects", Value.of(false))))
                .containsEntry("status", Value.of(302));
    }

    @Test
    void aTemporaryRedirectRepeatsTheBodyOnTheSameHost() throws Exception {
        on("/a", x -> redirect(x, 307, "/b"));
        on("/b", x -> answer(x, 200, "text/plain", x.getRequestMethod()));

        assertThat(run(context("/a").with("body", "hello")))
                .containsEntry("body", Value.of("POST"));
        assertThat(bodies).containsExactly("hello", "hello");
    }

    @Test
    void aRedirectToAPrivateAddressIsRefused() {
        on("/a", x -> redirect(x, 302, "http://169.254.169.254/latest/meta-data/"));
        on("/b", x -> redirect(x, 302, "http://localhost:" + server.getAddress().getPort() + "/c"));
        on("/c", x -> answer(x, 200, "text/plain", "secret"));

        terminal(() -> run(context("/a")), "169.254.169.254", "--allow-host 169.254.169.254:80");
        terminal(() -> run(context("/b")), "--allow-host localhost:");
    }

    @Test
    void headersStayWithTheHostTheyAreFor() throws Exception {
        int port = server.getAddress().getPort();
        on("/a", x -> redirect(x, 302, "http://localhost:" + port + "/b"));
        on("/b", x -> answer(x, 200, "text/plain", "ok"));
        FakeTaskContext context =
                context("/a")
                        .with(
                                "headers",
                                Value.ofJava(
                                        Map.of(
                                                "Authorization", "Bearer s3cret",
                                                "X-Api-Key", "s3cret",
                                                "Accept", "text/plain")));

        run(context, new NetworkPolicy(List.of("127.0.0.1:" + port, "localhost:" + port)));

        assertThat(seen.get(0)).containsKeys("Authorization", "X-api-key", "Accept");
        assertThat(seen.get(1))
                .containsKey("Accept")
                .doesNotContainKeys("Authorization", "X-api-key");
        assertThat(String.join("\n", context.lines())).doesNotContain("s3cret");
    }

    @Test
    void endlessRedirectsEnd() {
        on("/a", x -> redirect(x, 302, "/a"));

        terminal(() -> run(context("/a")), "redirects more than 10 times");
    }

    @Test
    void aNameThatChangesItsAddressBetweenCheckAndCallIsCalledWhereItWasChecked() {
        AtomicInteger lookups = new AtomicInteger();
        Exchange.Lookups rebinding =
                host -> {
                    String address = lookups.getAndIncrement() == 0 ? "10.1.2.3" : "127.0.0.1";
                    return InetAddress.getAllByName(address);
                };
        Exchange exchange = new Exchange(NetworkPolicy.PUBLIC_ONLY, tls(), rebinding);
        FakeTaskContext context = new FakeTaskContext(folder).with("url", "http://rebind.example/");

        terminal(() -> new HttpTask(exchange).run(context), "10.1.2.3");
        assertThat(lookups).hasValue(1);
    }

    @Test
    void oneNonPublicAddressAmongSeveralIsEnoughToRefuse() {
        Exchange.Lookups mixed =
                host ->
                        new InetAddress[] {
                            InetAddress.ofLiteral("93.184.216.34"), InetAddress.ofLiteral("::1")
                        };
        Exchange exchange = new Exchange(NetworkPolicy.PUBLIC_ONLY, tls(), mixed);

        terminal(
                () ->
                        new HttpTask(exchange)
                                .run(
                                        new FakeTaskContext(folder)
                                                .with("url", "http://mixed.example")),
                "0:0:0:0:0:0:0:1");
    }

    @Test
    void aSlowBodyEndsWithTheTimeLimit() {
        CountDownLatch never = new CountDownLatch(1);
        on(
                "/a",
                x -> {
                    x.sendResponseHeaders(200, 0);
                    OutputStream out = x.getResponseBody();
                    out.write('a');
                    out.flush();
                    await(never);
                });

        retryable(
                () -> run(context("/a").remaining(Duration.ofMillis(400))),
                "no whole answer within 400 ms");
        never.countDown();
    }

    @Test
    void anInterruptedCallEndsAtOnce() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        on(
                "/a",
                x -> {
                    arrived.countDown();
                    await(never);
                });
        AtomicReference<Throwable> end = new AtomicReference<>();

        Thread caller =
                Thread.startVirtualThread(() -> {
                    try {
                        run(context("/a"));
                    } catch (Throwable e) {
                        end.set(e);
                    }
                });
        arrived.await();
        caller.interrupt();
        assertThat(caller.join(Duration.ofSeconds(5))).isTrue();

        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        never.countDown();
    }

    @Test
    void aHugeBodyIsRefusedAsAValueAndBoundedAsAFile() throws Exception {
        on("/a", HttpTaskTest::twoMegabytes);

        terminal(() -> run(context("/a")), "more than 1 MiB", "save_as");
        Value.Artifact file =
                (Value.Artifact) run(context("/a").with("save_as", "x.bin")).get("file");
        assertThat(file.bytes()).isEqualTo(2_000_000);
        terminal(
                () ->
                        run(
                                context("/a")
                                        .with("save_as", "x.bin")
                                        .resources(new Resources(1, 1 << 30, 1_000_000, 0))),
                "more than 1000000 bytes",
                "resources.disk");
    }

    @Test
    void aBodyThatUnpacksToMuchIsBoundedByWhatItUnpacksTo() {
        on(
                "/a",
                x -> {
                    x.getResponseHeaders().set("Content-Encoding", "gzip");
                    x.sendResponseHeaders(200, 0);
                    try (OutputStream out =
                            new java.util.zip.GZIPOutputStream(x.getResponseBody())) {
                        out.write(new byte[50_000_000]);
                    }
                });

        terminal(() -> run(context("/a")), "more than 1 MiB");
    }

    @Test
    void whatHeadersAndUrlsCannotCarryIsRefusedWithoutShowingIt() {
        terminal(() -> run(header("X-Token", "s3cret\r\nX-Evil: 1")), "line break", "\"x-token\"");
        terminal(() -> run(header("Host", "evil.example")), "set by the task itself");
        terminal(() -> run(header("Bad Name", "x")), "Bad Name");
        for (String url :
                List.of(
                        "ftp://example.org/",
                        "file:///etc/passwd",
                        "http://user:s3cret@example.org/",
                        "http:///nowhere",
                        "http://a b/",
                        "example.org",
                        "http://example.org:99999/")) {
            assertThatThrownBy(() -> run(new FakeTaskContext(folder).with("url", url)))
                    .as(url)
                    .isInstanceOf(TaskException.class)
                    .hasMessageContaining("(expected:")
                    .message()
                    .doesNotContain("s3cret");
        }
        terminal(() -> run(context("/a").with("save_as", "../x")), "without folders");
    }

    @Test
    void aFlowsMistakesAreToldBeforeItRuns() {
        TaskType task = HttpTasks.types(NetworkPolicy.PUBLIC_ONLY).getFirst();

        TaskType.Shape shape =
                task.shape(
                        config(
                                Map.of(
                                        "url", "htp://x.example",
                                        "save_as", "a/b",
                                        "allow_status", 1)));
        assertThat(shape.problems()).hasSize(2);
        assertThat(shape.outputs()).containsOnlyKeys("status", "headers", "file");
        assertThat(task.shape(config(Map.of("url", "${{ inputs.u }}"))).outputs())
                .containsOnlyKeys("status", "headers", "body");
    }

    private static Node.Map config(Map<String, Object> entries) {
        return new Node.Map(
                Mark.START,
                entries.entrySet().stream()
                        .map(e ->
                                new Node.Entry(
                                        Mark.START,
                                        e.getKey(),
                                        new Node.Scalar(
                                                Mark.START,
                                                Value.ofJava(e.getValue()),
                                                e.getValue().toString(),
                                                true)))
                        .toList());
    }

    private static List<Object> listOf(Object... items) {
        return new ArrayList<>(java.util.Arrays.asList(items));
    }

    private FakeTaskContext header(String name, String value) {
        return context("/a").with("headers", Value.ofJava(Map.of(name, value)));
    }

    private FakeTaskContext context(String path) {
        return new FakeTaskContext(folder).with("url", base + path);
    }

    private Map<String, Value> run(FakeTaskContext context) throws Exception {
        return run(
                context, new NetworkPolicy(List.of("127.0.0.1:" + server.getAddress().getPort())));
    }

    private static Map<String, Value> run(FakeTaskContext context, NetworkPolicy policy)
            throws Exception {
        Outcome outcome = HttpTasks.types(policy).getFirst().run(context);
        return ((Outcome.Succeeded) outcome).outputs();
    }

    private static SSLContext tls() {
        try {
            return SSLContext.getDefault();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void on(String path, Handler handler) {
        server.createContext(
                path,
                x -> {
                    try (x) {
                        seen.add(Map.copyOf(x.getRequestHeaders()));
                        bodies.add(
                                new String(
                                        x.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                        handler.handle(x);
                    }
                });
    }

    private static void answer(HttpExchange x, int status, String type, String body)
            throws IOException {
        answer(x, status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange x, int status, String type, byte[] body)
            throws IOException {
        x.getResponseHeaders().set("Content-Type", type);
        x.sendResponseHeaders(status, body.length);
        x.getResponseBody().write(body);
    }

    private static void redirect(HttpExchange x, int status, String location) throws IOException {
        x.getResponseHeaders().set("Location", location);
        x.sendResponseHeaders(status, -1);
    }

    private static void twoMegabytes(HttpExchange x) throws IOException {
        x.sendResponseHeaders(200, 0);
        byte[] block = "x".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100; i++) {
            x.getResponseBody().write(block);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void terminal(ThrowingCallable call, String... parts) {
        failure(call, false, parts);
    }

    private static void retryable(ThrowingCallable call, String... parts) {
        failure(call, true, parts);
    }

    private static void failure(ThrowingCallable call, boolean retryable, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TaskException.class,
                        e -> {
                            assertThat(e.getMessage()).contains(parts);
                            assertThat(e.isRetryable()).isEqualTo(retryable);
                        });
    }
}
