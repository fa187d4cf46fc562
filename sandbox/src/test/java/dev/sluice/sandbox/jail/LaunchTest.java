package dev.sluice.sandbox.jail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spi.Sandbox;
import dev.sluice.testkit.sandbox.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class LaunchTest {
    private static final int LAUNCHES = 1000;
    private static final int AT_ONCE = 4;
    private static final Duration WALL = Duration.ofSeconds(30);

    private static Sandbox.Launch launch(Path work, String... command) {
        var limits = new Sandbox.Limits(256 << 20, WALL, WALL, 32, 16 << 20, 256, 1 << 20);
        return new Sandbox.Launch(
                List.of(command), Map.of(), work, List.of(), List.of(work), limits);
    }

    @Test
    void aThousandLaunchesConfineNoThreadOfTheServerAndLeaveNothing() throws Exception {
        Jail jail = Jails.jail();
        var folders = new ArrayList<Path>();
        for (int i = 0; i < AT_ONCE; i++) {
            folders.add(Files.createTempDirectory("launch"));
            Folders.openToOthers(folders.get(i));
        }
        jail.run(launch(folders.getFirst(), "/usr/bin/true"), new Recorded());
        long descriptors = descriptors();
        long[] nanos = new long[LAUNCHES];
        for (int i = 0; i < LAUNCHES; i++) {
            long start = System.nanoTime();
            jail.run(launch(folders.getFirst(), "/usr/bin/true"), new Recorded());
            nanos[i] = System.nanoTime() - start;
        }
        long start = System.nanoTime();
        launchAtOnce(jail, folders);
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(nanos);
        System.out.printf(
                "%d launches: median %.2f ms, min %.2f, p95 %.2f; %d at once: %.0f a second%n",
                LAUNCHES,
                nanos[LAUNCHES / 2] / 1e6,
                nanos[0] / 1e6,
                nanos[LAUNCHES * 95 / 100] / 1e6,
                AT_ONCE,
                LAUNCHES / seconds);
        assertThat(confinedThreads()).isEmpty();
        assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
        assertThat(ProcessHandle.current().children()).isEmpty();
        folders.forEach(Folders::delete);
    }

    private static void launchAtOnce(Jail jail, List<Path> folders)
            throws InterruptedException, ExecutionException {
        var slots = new Semaphore(AT_ONCE);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var runs = new ArrayList<Future<Sandbox.Exit>>();
            for (int i = 0; i < LAUNCHES; i++) {
                Path folder = folders.get(i % AT_ONCE);
                runs.add(
                        executor.submit(() -> {
                            slots.acquire();
                            try {
                                return jail.run(launch(folder, "/usr/bin/true"), new Recorded());
                            } finally {
                                slots.release();
                            }
                        }));
            }
            for (Future<Sandbox.Exit> run : runs) {
                assertThat(run.get().code()).isZero();
            }
        }
    }

    /** A launch thread may be on its last step still, so only what stays counts. */
    private static List<String> confinedThreads() throws IOException {
        List<String> confined = look();
        for (int i = 0; i < 1000 && !confined.isEmpty(); i++) {
            Thread.onSpinWait();
            confined = look();
        }
        return confined;
    }

    private static List<String> look() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(task -> String.valueOf(Processes.read(task + "/status")))
                    .filter(status -> status.contains("NoNewPrivs:\t1"))
                    .map(status -> status.lines().findFirst().orElse("?"))
                    .toList();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }
}
