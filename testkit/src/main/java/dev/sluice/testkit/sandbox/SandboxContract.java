package dev.sluice.testkit.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every sandbox has to do, tried with {@code /bin/sh}. */
@Timeout(60)
public abstract class SandboxContract {
    private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Lenient enough that no test meets one by accident. */
    protected static final Sandbox.Limits LIMITS =
            new Sandbox.Limits(256 << 20, MINUTE, MINUTE, 32, 16 << 20, 256, 1 << 20);

    protected Path work;
    private Set<ProcessHandle> before = Set.of();

    protected abstract Sandbox sandbox() throws Exception;

    /** Whether it confines at all: the unsafe process keeps only wall-clock time and output. */
    protected boolean confines() {
        return true;
    }

    /** Variables that it cannot help setting. */
    protected Set<String> addedVariables() {
        return Set.of();
    }

    /** Whether a process sees other numbers than the machine, so that they cannot be looked for. */
    protected boolean hasItsOwnProcessNumbers() {
        return false;
    }

    @BeforeEach
    final void makeFolder() throws Exception {
        sandbox(); // skips all where there is none
        before = ProcessHandle.current().children().collect(Collectors.toSet());
        work = Files.createTempDirectory("contract");
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    final void deleteFolder() throws IOException {
        if (work == null) {
            return;
        }
        try (Stream<Path> all = Files.walk(work)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    protected final Sandbox.Launch shell(String script, Sandbox.Limits limits) {
        return new Sandbox.Launch(
                List.of("/bin/sh", "-c", script), PATH, work, List.of(), List.of(work), limits);
    }

    protected final Sandbox.Exit run(String script, Sandbox.Limits limits, Recorded output)
            throws Exception {
        return sandbox().run(shell(script, limits), output);
    }

    private static Sandbox.Limits wall(Duration wall) {
        return new Sandbox.Limits(256 << 20, wall, MINUTE, 32, 16 << 20, 256, 1 << 20);
    }

    @Test
    void theExitCodeIsTheProgramsOwn() throws Exception {
        Sandbox.Exit exit = run("exit 7", LIMITS, new Recorded());
        assertThat(exit.code()).isEqualTo(7);
        assertThat(exit.limit()).isNull();
    }

    @Test
    void aSignalIsToldAsAShellTellsIt() throws Exception {
        assertThat(run("kill -SEGV $$", LIMITS, new Recorded()).code()).isEqualTo(139);
    }

    @Test
    void eachStreamArrivesWholeAndInOrder() throws Exception {
        var output = new Recorded();
        run(
                "i=0; while [ $i -lt 2000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done",
                LIMITS,
                output);
        assertThat(output.stdout().lines())
                .hasSize(2000)
                .startsWith("out 0", "out 1")
                .endsWith("out 1999");
        assertThat(output.stderr().lines()).hasSize(2000).endsWith("err 1998", "err 1999");
    }

    @Test
    void bytesAreNotTouched() throws Exception {
        var output = new Recorded();
        run("printf '\\000\\377\\200\\r\\n\\012'", LIMITS, output);
        assertThat(output.stdoutBytes()).containsExactly(0, 255, 128, '\r', '\n', '\n');
    }

    @Test
    void aFloodIsCutAndCounted() throws Exception {
        var output = new Recorded();
        var limits = new Sandbox.Limits(256 << 20, MINUTE, MINUTE, 32, 16 << 20, 256, 10_000);
        Sandbox.Exit exit = run("head -c 3000000 /dev/zero; echo end >&2", limits, output);
        assertThat(exit.code()).isZero();
        assertThat(output.stdoutBytes().length + output.stderr().length()).isEqualTo(10_000);
        assertThat(exit.droppedBytes()).isEqualTo(3_000_000 + 4 - 10_000);
    }

    @Test
    void outputArrivesWhileTheProcessRuns() throws InterruptedException {
        var output = new Recorded();
        Thread runner = Thread.startVirtualThread(() -> ignored("echo early; sleep 30", output));
        output.awaitStdout();
        assertThat(runner.isAlive()).isTrue();
        runner.interrupt();
        runner.join();
    }

    private void ignored(String script, Recorded output) {
        try {
            run(script, LIMITS, output);
        } catch (Exception expected) {
            // it is interrupted
        }
    }

    @Test
    void theControlDescriptorIsRead() throws Exception {
        var output = new Recorded();
        run("echo progress 0.5 >&3; echo hello", LIMITS, output);
        assertThat(output.control()).isEqualTo("progress 0.5\n");
        assertThat(output.stdout()).isEqualTo("hello\n");
    }

    @Test
    void stdinIsEmpty() throws Exception {
        var output = new Recorded();
        run("wc -c", LIMITS, output);
        assertThat(output.stdout().strip()).isEqualTo("0");
    }

    @Test
    void theEnvironmentIsExactlyTheOneGiven() throws Exception {
        assumeTrue(confines(), "the unsafe process has a shell in between, which adds PWD");
        var output = new Recorded();
        var launch =
                new Sandbox.Launch(
                        List.of("/usr/bin/env"),
                        Map.of("A", "1 2", "EMPTY", "", "Ü", "é\n="),
                        work,
                        List.of(),
                        List.of(work),
                        LIMITS);
        sandbox().run(launch, output);
        assertThat(output.stdout().lines())
                .filteredOn(line -> !addedVariables().contains(line.replaceFirst("=.*", "")))
                .containsExactlyInAnyOrder("A=1 2", "EMPTY=", "Ü=é", "=");
    }

    @Test
    void argumentsArriveAsTheyAre() throws Exception {
        var output = new Recorded();
        var launch =
                new Sandbox.Launch(
                        List.of("/usr/bin/printf", "<%s>", "a b", "", "$x`y`", "é"),
                        PATH,
                        work,
                        List.of(),
                        List.of(work),
                        LIMITS);
        sandbox().run(launch, output);
        assertThat(output.stdout()).isEqualTo("<a b><><$x`y`><é>");
    }

    @Test
    void noDescriptorsButTheFourArePassedOn() throws Exception {
        var output = new Recorded();
        String script =
                "for i in 4 5 6 7 8 9; do if (eval \"echo >&$i\") 2>/dev/null;"
                        + " then echo open $i; fi; done; echo done >&3";
        run(script, LIMITS, output);
        assertThat(output.stdout()).isEmpty();
        assertThat(output.control()).isEqualTo("done\n");
    }

    @Test
    void itStartsInItsFolderAndWritesThere() throws Exception {
        var output = new Recorded();
        run("pwd; echo kept > file", LIMITS, output);
        assertThat(output.stdout().strip()).isEqualTo(work.toRealPath().toString());
        assertThat(work.resolve("file")).hasContent("kept");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        var launch =
                new Sandbox.Launch(
                        List.of("/usr/bin/no-such"), PATH, work, List.of(), List.of(work), LIMITS);
        assertThatThrownBy(() -> sandbox().run(launch, new Recorded()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("/usr/bin/no-such");
    }

    @Test
    void wallClockTimeIsLimited() throws Exception {
        Sandbox.Exit exit = run("sleep 30", wall(Duration.ofSeconds(1)), new Recorded());
        assertThat(exit.code()).isEqualTo(137);
        assertThat(exit.limit()).startsWith("wall-clock limit 1").endsWith("exceeded");
        assertThat(exit.usage().wallMillis()).isBetween(1000L, 3000L);
    }

    @Test
    void interruptingEndsTheProcess() throws InterruptedException {
        var output = new Recorded();
        var thrown = new AtomicReference<@Nullable Exception>();
        Thread runner =
                Thread.startVirtualThread(() -> {
                    try {
                        run("echo $$; sleep 30; echo on > late", LIMITS, output);
                    } catch (Exception e) {
                        thrown.set(e);
                    }
                });
        output.awaitStdout();
        runner.interrupt();
        runner.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(alive(output.stdout())).isFalse();
    }

    @Test
    void theRunEndsWithTheMainProcessAndNothingIsLeft() throws Exception {
        assumeTrue(confines(), "the unsafe process cannot see a child that left its session");
        var output = new Recorded();
        String script =
                "setsid sh -c 'setsid sh -c \"echo \\$\\$; sleep 30\" & sleep 0.2' & sleep 0.5;"
                        + " exit 4";
        Sandbox.Exit exit = run(script, LIMITS, output);
        assertThat(exit.code()).isEqualTo(4);
        assertThat(output.stdout()).isNotBlank();
        assertThat(alive(output.stdout())).isFalse();
    }

    private boolean alive(String pid) {
        return hasItsOwnProcessNumbers()
                ? ProcessHandle.current().children().anyMatch(child -> !before.contains(child))
                : ProcessHandle.of(Long.parseLong(pid.strip())).isPresent();
    }

    @Test
    void memoryOfTheWholeTreeIsLimited() throws Exception {
        assumeTrue(confines(), "the unsafe process does not limit memory");
        var limits = new Sandbox.Limits(64 << 20, MINUTE, MINUTE, 32, 16 << 20, 256, 1 << 20);
        String eater = "x=0123456789abcdef; while [ ${#x} -lt 30000000 ]; do x=$x$x; done;";
        String script = "for i in 1 2 3 4; do (" + eater + " sleep 20) & done; wait";
        Sandbox.Exit exit = run(script, limits, new Recorded());
        assertThat(exit.limit()).matches("memory limit 64 MiB exceeded at \\d+ MiB");
        assertThat(exit.code()).isEqualTo(137);
    }

    @Test
    void aForkBombIsBounded() throws Exception {
        assumeTrue(confines(), "the unsafe process does not limit processes");
        var limits = new Sandbox.Limits(256 << 20, MINUTE, MINUTE, 20, 16 << 20, 256, 1 << 20);
        Sandbox.Exit exit = run("while :; do sleep 20 & done", limits, new Recorded());
        assertThat(exit.limit()).matches("process limit 20 exceeded at \\d+");
    }

    @Test
    void cpuTimeOfTheWholeTreeIsLimited() throws Exception {
        assumeTrue(confines(), "the unsafe process does not limit CPU time");
        var second = Duration.ofSeconds(1);
        var limits = new Sandbox.Limits(256 << 20, MINUTE, second, 32, 16 << 20, 256, 1 << 20);
        String script = "trap '' XCPU TERM; (while :; do :; done) & while :; do :; done";
        Sandbox.Exit exit = run(script, limits, new Recorded());
        assertThat(exit.limit()).startsWith("CPU limit 1 s exceeded at ");
        assertThat(exit.usage().cpuMillis()).isBetween(1000L, 2500L);
    }

    @Test
    void bytesOnDiskAreLimited() throws Exception {
        assumeTrue(confines(), "the unsafe process does not limit disk");
        String script = "i=0; while :; do head -c 1000000 /dev/zero > f$i; i=$((i+1)); done";
        Sandbox.Exit exit = run(script, LIMITS, new Recorded());
        assertThat(exit.limit()).matches("disk limit 16 MiB exceeded at \\d+ MiB");
    }

    @Test
    void oneFileCannotExceedTheDiskLimit() throws Exception {
        assumeTrue(confines(), "the unsafe process does not limit disk");
        Sandbox.Exit exit = run("exec head -c 100000000 /dev/zero > big", LIMITS, new Recorded());
        assertThat(exit.limit()).startsWith("disk limit 16 MiB exceeded");
        assertThat(Files.size(work.resolve("big"))).isLessThanOrEqualTo(16 << 20);
    }

    @Test
    void whatWasUsedIsTold() throws Exception {
        Sandbox.Exit exit = run("sleep 0.3", LIMITS, new Recorded());
        assertThat(exit.usage().wallMillis()).isBetween(300L, 10_000L);
    }
}
