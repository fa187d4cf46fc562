package dev.sluice.testkit.sandbox;

import dev.sluice.spi.Sandbox;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** Keeps what a process wrote. Thread-safe. */
public final class Recorded implements Sandbox.Output {
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final ByteArrayOutputStream control = new ByteArrayOutputStream();
    private final CountDownLatch spoken = new CountDownLatch(1);

    @Override
    public void stdout(byte[] bytes, int length) {
        stdout.write(bytes, 0, length);
        spoken.countDown();
    }

    @Override
    public void stderr(byte[] bytes, int length) {
        stderr.write(bytes, 0, length);
    }

    @Override
    public void control(byte[] bytes, int length) {
        control.write(bytes, 0, length);
    }

    /** Waits until the process has written to stdout. */
    public void awaitStdout() throws InterruptedException {
        spoken.await();
    }

    public byte[] stdoutBytes() {
        return stdout.toByteArray();
    }

    public String stdout() {
        return stdout.toString(StandardCharsets.UTF_8);
    }

    public String stderr() {
        return stderr.toString(StandardCharsets.UTF_8);
    }

    public String control() {
        return control.toString(StandardCharsets.UTF_8);
    }
}
