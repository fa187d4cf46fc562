package dev.sluice.sandbox.jail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import dev.sluice.testkit.sandbox.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JailTest {
    private static final Duration WALL = Duration.ofSeconds(30);

    /** A second from the limit on, and the interpreter's start on a busy machine. */
    private static final Duration BOMB = Duration.ofSeconds(15);

    private Path folder;
    private Path work;

    @BeforeEach
    void makeFolders() throws IOException {
        folder = Files.createTempDirectory("jail");
        work = Files.createDirectory(folder.resolve("work"));
        Folders.openToOthers(folder);
        Folders.openToOthers(work);
    }

    @AfterEach
    void deleteFolders() {
        Folders.delete(folder);
    }

    private Sandbox.Launch launch(Map<String, String> env, String... command) {
        var limits = new Sandbox.Limits(128 << 20, WALL, WALL, 20, 16 << 20, 64, 1 << 20);
        return new Sandbox.Launch(List.of(command), env, work, List.of(), List.of(work), limits);
    }

    private Recorded shell(String script) throws Exception {
        var output = new Recorded();
        Jails.jail().run(launch(Map.of("PATH", "/usr/bin:/bin"), "/bin/sh", "-c", script), output);
        return output;
    }

    @Test
    void allProbesHeldAndSayWhatTheySaw() {
        List<Sandbox.Probe> probes = Jails.jail().probes();
        probes.forEach(probe -> System.out.println(probe.name() + ": " + probe.evidence()));
        assertThat(probes).hasSizeGreaterThanOrEqualTo(10).allMatch(Sandbox.Probe::held);
    }

    @Test
    void theProbesAreRememberedForThisMachineOnly() throws Exception {
        Jails.jail();
        Path cache = folder.resolve("probes");
        assertThat(Jail.open(cache)).isInstanceOf(Jail.Opened.Usable.class);
        List<String> lines = Files.readAllLines(cache);
        assertThat(lines.getFirst()).contains("Linux").contains("landlock");
        Files.writeString(cache, "another machine\nprobe\tevidence\n");
        Jail.open(cache);
        assertThat(Files.readAllLines(cache).getFirst()).isEqualTo(lines.getFirst());
    }

    @Test
    void foldersThatOnlyRootCanEnterAreReachedAllTheSame() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        var output = shell("echo x > file && cat file; cat " + secret + " /etc/shadow; id -u");
        assertThat(output.stdout()).startsWith("x\n").doesNotContain("secret", "root:");
        assertThat(output.stdout().lines()).hasSize(2).doesNotContain("0");
    }

    @Test
    void limitsAreInForceFromTheFirstInstruction() throws Exception {
        assertThat(shell("ulimit -n; ulimit -c; ulimit -Hn; ulimit -l").stdout().lines())
                .containsExactly("64", "0", "64", "0");
    }

    @Test
    void aSessionOfItsOwnAndNoSignalsIgnored() throws Exception {
        assertThat(shell("kill -PIPE $$; echo survived").stdout()).isEmpty();
    }

    @Test
    void theNextRunStartsAtOnceAfterABomb() throws Exception {
        Sandbox.Exit bomb =
                Jails.jail()
                        .run(
                                launch(
                                        Map.of("PATH", "/usr/bin:/bin"),
                                        "/bin/sh",
                                        "-c",
                                        "while :; do setsid sh -c 'setsid sleep 9 &' & done"),
                                new Recorded());
        assertThat(bomb.limit()).startsWith("process limit 20 exceeded");
        long start = System.nanoTime();
        assertThat(shell("echo next").stdout()).isEqualTo("next\n");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WALL.dividedBy(10));
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void whatCannotBeHandedOverIsRefusedBeforeAnythingRuns() {
        refused(launch(Map.of(), "true"), "absolute path");
        refused(launch(Map.of(), "/usr/bin/echo", "a\0b"), "zero character");
        refused(launch(Map.of("A=B", "c"), "/usr/bin/true"), "A=B");
        refused(launch(Map.of("", "c"), "/usr/bin/true"), "empty name");
        Sandbox.Limits limits = launch(Map.of(), "/usr/bin/true").limits();
        refused(
                new Sandbox.Launch(
                        List.of("/usr/bin/true"),
                        Map.of(),
                        folder,
                        List.of(),
                        List.of(work),
                        limits),
                "none of the writable folders");
        refused(
                new Sandbox.Launch(
                        List.of("/usr/bin/true"),
                        Map.of(),
                        work,
                        List.of(folder.resolve("absent")),
                        List.of(work),
                        limits),
                "absent");
        refused(launch(Map.of(), "/etc/hostname"), "/etc/hostname");
    }

    private static void refused(Sandbox.Launch launch, String why) {
        assertThatThrownBy(() -> Jails.jail().run(launch, new Recorded()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(why);
    }

    private Sandbox.Exit python(String code) throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "there is no /usr/bin/python3");
        return Jails.jail()
                .run(launch(Map.of(), "/usr/bin/python3", "-I", "-c", code), new Recorded());
    }

    @Test
    void deletedFilesCountAsLongAsTheyAreOpen() throws Exception {
        Sandbox.Exit exit =
                python(
                        """
                        import os, time
                        held = []
                        for i in range(4):
                            f = open('f', 'wb'); f.write(b'x' * (6 << 20)); f.flush()
                            os.unlink('f'); held.append(f)
                        time.sleep(20)
                        """);
        assertThat(exit.limit()).matches("disk limit 16 MiB exceeded at \\d+ MiB");
    }

    private void bomb(String code, Duration most) throws Exception {
        long start = System.nanoTime();
        Sandbox.Exit exit = python(code);
        Duration lived = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("bomb: %s after %d ms%n", exit, lived.toMillis());
        assertThat(exit.limit()).matches("(process|memory) limit .* exceeded at .*");
        assertThat(ProcessHandle.current().children()).isEmpty();
        assertThat(lived).isLessThan(most);
    }

    @Test
    void aBombThatOutrunsTheWatchdogIsEndedAtOnce() throws Exception {
        bomb(
                """
                import os
                while True:
                    try: os.fork()
                    except OSError: pass
                """,
                BOMB);
    }

    @Test
    void aBombThatLeavesItsGroupIsEnded() throws Exception {
        bomb(
                """
                import os
                while True:
                    try:
                        if os.fork() == 0: os.setsid()
                    except OSError: pass
                """,
                Jails.jail().hasCgroups() ? WALL.dividedBy(3) : WALL.multipliedBy(2));
    }

    @Test
    void filesAreCountedEvenIfTheyAreEmpty() throws Exception {
        var limits = new Sandbox.Limits(128 << 20, WALL, WALL, 20, 16 << 20, 64, 1 << 20, 500, 0);
        Sandbox.Exit exit = run("i=0; while :; do : > f$i; i=$((i+1)); done", limits);
        assertThat(exit.limit()).matches("file limit 500 exceeded at \\d+");
    }

    @Test
    void theShareOfProcessorsIsLimited() throws Exception {
        assumeTrue(Jails.jail().hasCgroups(), "there are no control groups to be used");
        var limits =
                new Sandbox.Limits(
                        128 << 20, Duration.ofSeconds(2), WALL, 20, 16 << 20, 64, 1 << 20, 9, 0.2);
        Sandbox.Exit exit = run("(while :; do :; done) & while :; do :; done", limits);
        assertThat(exit.limit()).startsWith("wall-clock limit");
        assertThat(exit.usage().cpuMillis()).isBetween(200L, 700L);
    }

    @Test
    void whatAShortRunHasUsedIsTold() throws Exception {
        assumeTrue(Jails.jail().hasCgroups(), "there are no control groups to be used");
        Sandbox.Exit exit = python("b = bytearray(40 << 20); sum(range(300000))");
        assertThat(exit.usage().peakMemoryBytes()).isBetween(40L << 20, 90L << 20);
        assertThat(exit.usage().cpuMillis()).isBetween(10L, 2000L);
    }

    private Sandbox.Exit run(String script, Sandbox.Limits limits) throws Exception {
        var env = Map.of("PATH", "/usr/bin:/bin");
        List<String> command = List.of("/bin/sh", "-c", script);
        return Jails.jail()
                .run(
                        new Sandbox.Launch(command, env, work, List.of(), List.of(work), limits),
                        new Recorded());
    }

    @Test
    void threadsAndDescriptorsRunOut() throws Exception {
        Sandbox.Exit exit =
                python(
                        """
                        import os, threading, time
                        fds = 0
                        try:
                            while True: os.dup(0); fds += 1
                        except OSError: pass
                        threading.stack_size(32768)
                        threads = 0
                        try:
                            while threads < 5000:
                                threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
                                threads += 1
                        except RuntimeError: pass
                        os._exit(0 if fds < 64 and threads < 1000 else 1)
                        """);
        assertThat(exit.code()).isZero();
    }

    @Test
    void manyForksThatShareMemoryAreCountedOnce() throws Exception {
        Sandbox.Exit exit =
                python(
                        """
                        import os, time
                        held = b'x' * (60 << 20)
                        for i in range(6):
                            if os.fork() == 0: time.sleep(0.5); os._exit(0)
                        for i in range(6): os.wait()
                        """);
        assertThat(exit.limit()).isNull();
        assertThat(exit.code()).isZero();
    }

    @Test
    void whatAKilledServerLeftIsEndedByTheNext() throws Exception {
        Jail jail = Jails.jail();
        Path note = folder.resolve("stamps");
        var output = new Recorded();
        Thread lost =
                Thread.startVirtualThread(() -> {
                    try {
                        jail.run(
                                launch(
                                        Map.of("PATH", "/usr/bin:/bin"),
                                        "/bin/sh",
                                        "-c",
                                        "echo; sleep 30"),
                                output);
                    } catch (SandboxException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        output.awaitStdout();
        var kernel = new Kernel(new Syscalls(Syscalls.Machine.current()));
        Files.writeString(note, Long.toString(jail.firstStamp()));
        Leftovers.end(note, kernel, 7, 1L << 30);
        lost.join();
        assertThat(note).hasContent("7");
    }

    @Test
    void otherCodeReapsItsOwnChildren() throws Exception {
        Jails.jail();
        Process other = new ProcessBuilder("/bin/sh", "-c", "sleep 0.2; exit 5").start();
        for (int i = 0; i < 20; i++) {
            shell("exit 3");
        }
        assertThat(other.waitFor()).isEqualTo(5);
    }
}
