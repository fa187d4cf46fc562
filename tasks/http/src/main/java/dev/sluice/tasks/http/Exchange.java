package dev.sluice.tasks.http;

import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends a call and follows its redirects. Every hop has a client of its own whose only resolver
 * looks the host up once, refuses it if any of its addresses is not public, and hands exactly those
 * addresses to the connection: so a name cannot be public when it is checked and private when it is
 * called. No proxy, no cookies, no retries, no credentials from the machine. Thread-safe.
 *
 * @param tls null for the platform's: loading its certificates costs 0.2 s, which flows that call
 *     nobody need not pay
 * @param lookup finds the addresses of a name
 */
record Exchange(NetworkPolicy policy, @Nullable SSLContext tls, Lookups lookup) {
    private static final int HOPS_MAX = 10;
    private static final Timeout CONNECT = Timeout.ofSeconds(10);
    private static final Timeout SILENCE_MAX = Timeout.ofSeconds(60);

    /** Headers that say nothing about the caller: the others stay with the host they are for. */
    private static final Set<String> FOLLOWS_ANYWHERE =
            Set.of("accept", "accept-language", "user-agent");

    /** Every address of a name. */
    interface Lookups {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    /** Reads an answer. */
    interface Reader<T> {
        T read(ClassicHttpResponse response, Target from) throws IOException, TaskException;
    }

    private static final class NotPublic extends UnknownHostException {
        private static final long serialVersionUID = 1;

        NotPublic(String message) {
            super(message);
        }
    }

    static Exchange over(NetworkPolicy policy) {
        return new Exchange(policy, null, InetAddress::getAllByName);
    }

    private SSLContext tlsContext() {
        try {
            return tls == null ? SSLContext.getDefault() : tls;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has a default SSLContext", e);
        }
    }

    /**
     * @param limit for everything, redirects and body included
     */
    <T> T send(Call call, Duration limit, Reader<T> reader)
            throws TaskException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Step step = new Step(call.method(), call.target(), call.headers(), call.body());
        for (int hop = 0; hop <= HOPS_MAX; hop++) {
            HttpUriRequestBase request = request(step);
            CompletableFuture<Void> alarm = alarm(request, end - System.nanoTime());
            try (CloseableHttpClient client = client(step.target());
                    ClassicHttpResponse response =
                            client.executeOpen(host(step.target()), request, null)) {
                String location = call.followRedirects() ? location(response) : null;
                if (location == null) {
                    return reader.read(response, step.target());
                }
                step = step.redirected(response.getCode(), location);
            } catch (IOException e) {
                throw failure(e, step.target(), request.isCancelled(), limit);
            } finally {
                alarm.cancel(false);
            }
        }
        throw TaskException.terminal(
                "http: " + call.target().origin() + " redirects more than " + HOPS_MAX + " times");
    }

    private static CompletableFuture<Void> alarm(HttpUriRequestBase request, long nanos) {
        return CompletableFuture.runAsync(
                request::cancel,
                CompletableFuture.delayedExecutor(Math.max(0, nanos), TimeUnit.NANOSECONDS));
    }

    private record Step(
            String method, Target target, Map<String, String> headers, Call.@Nullable Body body) {

        Step redirected(int status, String location) throws TaskException {
            Target next = target.redirect(location);
            if (target.isSecure() && !next.isSecure()) {
                throw TaskException.terminal(
                        "http: "
                                + target.origin()
                                + " redirects from https to "
                                + next.origin()
                                + " (expected: https)");
            }
            Map<String, String> carried = headers;
            if (!target.isSameOrigin(next)) {
                carried = new java.util.LinkedHashMap<>(headers);
                carried.keySet().retainAll(FOLLOWS_ANYWHERE);
            }
            boolean isRepeated = status == 307 || status == 308;
            if (isRepeated) {
                if (body != null && !target.isSameOrigin(next)) {
                    throw TaskException.terminal(
                            "http: "
                                    + target.origin()
                                    + " redirects the body to "
                                    + next.origin()
                                    + "; call that host itself if it may have it");
                }
                return new Step(method, next, carried, body);
            }
            // RFC 9110 §15.4: what was sent is not sent again, the place is fetched.
            return new Step(method.equals("HEAD") ? "HEAD" : "GET", next, carried, null);
        }
    }

    private static @Nullable String location(ClassicHttpResponse response) {
        boolean isRedirect =
                switch (response.getCode()) {
                    case 301, 302, 303, 307, 308 -> true;
                    default -> false;
                };
        Header location = response.getFirstHeader("Location");
        return isRedirect && location != null ? location.getValue() : null;
    }

    private static HttpUriRequestBase request(Step step) {
        URI uri = step.target().uri();
        HttpUriRequestBase request = new HttpUriRequestBase(step.method(), uri);
        step.headers().forEach(request::setHeader);
        switch (step.body()) {
            case null -> {}
            case Call.Body.Bytes b ->
                    request.setEntity(
                            new ByteArrayEntity(
                                    b.content(), ContentType.parseLenient(b.mediaType())));
            case Call.Body.File f ->
                    request.setEntity(
                            new FileEntity(
                                    f.path().toFile(), ContentType.parseLenient(f.mediaType())));
        }
        return request;
    }

    private static HttpHost host(Target target) {
        return new HttpHost(target.uri().getScheme(), target.uri().getHost(), target.port());
    }

    private CloseableHttpClient client(Target target) {
        Lookup<TlsSocketStrategy> strategies =
                RegistryBuilder.<TlsSocketStrategy>create()
                        .register("https", new DefaultClientTlsStrategy(tlsContext()))
                        .build();
        Http1Config bounds =
                Http1Config.custom().setMaxHeaderCount(200).setMaxLineLength(16_384).build();
        BasicHttpClientConnectionManager connections =
                BasicHttpClientConnectionManager.create(
                        null,
                        new Pinned(target),
                        strategies,
                        ManagedHttpClientConnectionFactory.builder().http1Config(bounds).build());
        connections.setConnectionConfig(
                ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT)
                        .setSocketTimeout(SILENCE_MAX)
                        .build());
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(SILENCE_MAX).build())
                .setUserAgent("sluice")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    private final class Pinned extends SystemDefaultDnsResolver {
        private final Target target;

        Pinned(Target target) {
            this.target = target;
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] addresses = lookup.all(host);
            if (!policy.allows(target.host(), target.port())) {
                for (InetAddress address : addresses) {
                    if (!PublicAddresses.contains(address)) {
                        throw new NotPublic(
                                "http: "
                                        + target.origin()
                                        + " has the address "
                                        + address.getHostAddress()
                                        + " (expected: a public one; --allow-host "
                                        + target.host()
                                        + ":"
                                        + target.port()
                                        + " allows it)");
                    }
                }
            }
            return addresses;
        }
    }

    private static TaskException failure(
            IOException e, Target target, boolean isLate, Duration limit)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        String where = "http: " + target.origin() + ": ";
        if (isLate) {
            return TaskException.retryable(where + "no whole answer within " + words(limit));
        }
        return switch (e) {
            case NotPublic refused -> TaskException.terminal(String.valueOf(refused.getMessage()));
            case UnknownHostException _ ->
                    TaskException.retryable(where + "no such host, or no name service");
            case SSLException tls ->
                    TaskException.terminal(where + "TLS failed: " + clean(tls.getMessage()));
            case InterruptedIOException _ ->
                    TaskException.retryable(
                            where + "silent for too long (" + clean(e.getMessage()) + ")");
            case IOException _ -> TaskException.retryable(where + clean(e.getMessage()));
        };
    }

    private static String words(Duration limit) {
        return limit.toMillis() < 10_000 ? limit.toMillis() + " ms" : limit.toSeconds() + " s";
    }

    private static String clean(@Nullable String message) {
        return Text.printable(message == null ? "the connection broke" : message, 300);
    }
}
