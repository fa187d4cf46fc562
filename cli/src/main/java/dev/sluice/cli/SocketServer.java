package dev.sluice.cli;

import dev.sluice.model.Value;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Lets other processes of the same user use a workspace through the data directory's socket.
 *
 * <p>A connection carries one request, a line of JSON ({@link Wire} in {@link ValueJson#exact}):
 * {@code {"v": 1, "op": …}}. The answer is any number of {@code {"news": …}} lines and then one
 * {@code {"ok": …}} or {@code {"refused": reason, "message": …}}. A client that hangs up ends its
 * request.
 */
final class SocketServer implements AutoCloseable {
    static final int VERSION = 1;

    /** A flow's text of 10 MB, escaped. */
    static final int REQUEST_BYTES_MAX = 24 << 20;

    private static final int CLIENTS_MAX = 64;
    private static final long REQUEST_SECONDS_MAX = 10;

    /** How long a request under way may still take when the owner ends. */
    private static final long LAST_ANSWERS_SECONDS = 2;

    private final Workspace workspace;
    private final ServerSocketChannel channel;
    private final Path place;
    private final Semaphore clients = new Semaphore(CLIENTS_MAX);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private SocketServer(Workspace workspace, ServerSocketChannel channel, Path place) {
        this.workspace = workspace;
        this.channel = channel;
        this.place = place;
    }

    /** Listens in the data directory until closed. */
    static SocketServer start(Workspace workspace, Path data) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            SocketServer server =
                    new SocketServer(workspace, channel, SocketPlace.bind(channel, data));
            Thread.ofPlatform().daemon().name("sluice-socket").start(server::accept);
            return server;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                clients.acquire();
                SocketChannel client = channel.accept();
                open.add(client);
                Thread.ofVirtual().name("sluice-socket-client").start(() -> serve(client));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // One client's trouble, such as no descriptor left: the next may fare better.
                clients.release();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void serve(SocketChannel client) {
        AtomicBoolean asked = new AtomicBoolean();
        Thread guard = Thread.ofVirtual().start(() -> hangUpUnlessAsked(client, asked));
        try (client;
                Writer out =
                        new BufferedWriter(
                                new OutputStreamWriter(
                                        Channels.newOutputStream(client),
                                        StandardCharsets.UTF_8))) {
            InputStream in = Channels.newInputStream(client);
            String request = readLine(in);
            asked.set(true);
            guard.interrupt();
            if (request != null) {
                Thread worker = Thread.currentThread();
                Thread.ofVirtual().start(() -> interruptAtHangUp(in, worker));
                answer(request, out);
            }
        } catch (IOException | UncheckedIOException e) {
            // The client is gone; there is nobody to tell.
        } finally {
            guard.interrupt();
            synchronized (open) {
                open.remove(client);
                open.notifyAll();
            }
            clients.release();
        }
    }

    private static void hangUpUnlessAsked(SocketChannel client, AtomicBoolean asked) {
        try {
            TimeUnit.SECONDS.sleep(REQUEST_SECONDS_MAX);
            if (!asked.get()) {
                client.close();
            }
        } catch (InterruptedException | IOException e) {
            // Asked in time, or gone already.
        }
    }

    /** Nothing follows a request, so that whatever is read is the end. */
    private static void interruptAtHangUp(InputStream in, Thread worker) {
        try {
            in.read();
        } catch (IOException e) {
            // Gone as well.
        }
        worker.interrupt();
    }

    /** Null if the line is too long or has no end. */
    private static @Nullable String readLine(InputStream in) throws IOException {
        java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (line.size() <= REQUEST_BYTES_MAX) {
            int n = in.read(buffer);
            if (n < 0) {
                return null;
            }
            line.write(buffer, 0, n);
            if (n > 0 && buffer[n - 1] == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    private void answer(String request, Writer out) throws IOException {
        Value answer;
        try {
            ValueJson.Fields fields = Wire.fields(ValueJson.parse(request), "request");
            if (fields.integer("v") != VERSION) {
                throw new IllegalArgumentException(
                        "the owner of the data directory is of another version (it speaks protocol "
                                + VERSION
                                + ", asked was "
                                + fields.integer("v")
                                + "); use the same version of Sluice for both");
            }
            answer = Wire.map("ok", Requests.perform(workspace, fields, news -> tell(out, news)));
        } catch (Refusal e) {
            answer = refused(e.reason(), e.getMessage());
        } catch (IllegalArgumentException | ArithmeticException e) {
            answer = refused(Refusal.Reason.INVALID, e.getMessage());
        } catch (InterruptedException e) {
            answer = refused(Refusal.Reason.UNAVAILABLE, "the owner is stopping; ask again");
        }
        send(out, answer);
    }

    private static Value refused(Refusal.Reason reason, @Nullable String message) {
        return Wire.map(
                "refused",
                reason,
                "message",
                Objects.requireNonNullElse(message, "cannot be done"));
    }

    private static void tell(Writer out, RunNews news) {
        try {
            send(out, Wire.map("news", Wire.write(news)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(Writer out, Value message) throws IOException {
        out.write(ValueJson.exact(message));
        out.write('\n');
        out.flush();
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(place);
            channel.close();
            awaitAnswers();
            for (SocketChannel client : open) {
                client.close();
            }
        } catch (IOException e) {
            // The next owner takes the place over.
        }
    }

    /** Whoever cancels or answers the run that this process ends with is still told. */
    private void awaitAnswers() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_ANSWERS_SECONDS);
        synchronized (open) {
            try {
                while (!open.isEmpty() && System.nanoTime() < deadline) {
                    TimeUnit.NANOSECONDS.timedWait(open, deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
