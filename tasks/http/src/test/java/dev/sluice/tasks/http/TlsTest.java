package dev.sluice.tasks.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.testkit.FakeTaskContext;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service at 127.0.0.1 with a certificate for {@code service.test} that nobody has signed. */
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir Path folder;

    private HttpsServer server;
    private SSLContext trusting;

    @BeforeEach
    void start() throws Exception {
        KeyStore keys = certificate();
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(trusting));
        server.createContext(
                "/",
                x -> {
                    try (x) {
                        byte[] host =
                                x.getRequestHeaders()
                                        .getFirst("Host")
                                        .getBytes(StandardCharsets.UTF_8);
                        x.sendResponseHeaders(200, host.length);
                        x.getResponseBody().write(host);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theCertificateIsCheckedAgainstTheNameThoughTheAddressIsPinned() throws Exception {
        assertThat(call("service.test", trusting))
                .isEqualTo(Value.of("service.test:" + server.getAddress().getPort()));
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        assertThatThrownBy(() -> call("other.test", trusting))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("TLS failed")
                .hasMessageContaining("other.test");
    }

    @Test
    void aCertificateThatNobodySignedIsRefused() {
        assertThatThrownBy(() -> call("service.test", SSLContext.getDefault()))
                .isInstanceOfSatisfying(
                        TaskException.class,
                        e -> {
                            assertThat(e).hasMessageContaining("TLS failed");
                            assertThat(e.isRetryable()).isFalse();
                        });
    }

    private Value call(String host, SSLContext tls) throws Exception {
        int port = server.getAddress().getPort();
        Exchange exchange =
                new Exchange(
                        new NetworkPolicy(List.of(host + ":" + port)),
                        tls,
                        name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")});
        Outcome outcome =
                new HttpTask(exchange)
                        .run(
                                new FakeTaskContext(folder)
                                        .with("url", "https://" + host + ":" + port + "/"));
        return ((Outcome.Succeeded) outcome).outputs().get("body");
    }

    private KeyStore certificate() throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "service",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=service.test",
                                "-ext",
                                "SAN=dns:service.test",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyStore both = KeyStore.getInstance("PKCS12");
        both.load(null, null);
        both.setKeyEntry(
                "service",
                keys.getKey("service", PASSWORD),
                PASSWORD,
                keys.getCertificateChain("service"));
        both.setCertificateEntry("trusted", keys.getCertificate("service"));
        return both;
    }
}
