package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full or read-only, on a small file system of its own: only root may mount one. */
class DiskTest {
    @TempDir Path folder;

    private Path data;

    @BeforeEach
    void mount() throws Exception {
        data = Files.createDirectory(folder.resolve("small"));
        if (command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", data.toString()) != 0) {
            System.err.println("DiskTest is skipped: this user may not mount a small file system");
            abort("needs to mount a tmpfs");
        }
    }

    @AfterEach
    void unmount() throws Exception {
        command("umount", "-l", data.toString());
    }

    private static int command(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void aFullDiskIsToldLosesNothingAndTheRunGoesOnWhenThereIsSpaceAgain() throws Exception {
        Files.writeString(
                folder.resolve("ask.yaml"),
                "id: ask\ntasks:\n  ok: {type: approval}\n"
                        + "  each: {type: value, needs: [ok], foreach: [1, 2, 3], value: {x: \"${{ item }}\"}}\n"
                        + "outputs: {x: \"${{ tasks.each.outputs.x }}\"}\n");
        try (Program owner =
                Program.start(folder, "run", "ask.yaml", "--json", "--data", "small")) {
            String hint = owner.line(l -> l.contains("approve")).get(60, TimeUnit.SECONDS);
            String id = hint.replaceAll(".*approve ([0-9a-z]{13}).*", "$1");
            Path filler = data.resolve("filler");
            fill(filler);
            Program.Result refused = Program.run(folder, "approve", id, "ok", "--data", "small");
            assertThat(refused.code()).as(refused.errors()).isNotZero();
            assertThat(refused.errors()).contains("disk is full");
            Files.delete(filler);
            Program.Result answered = Program.run(folder, "approve", id, "ok", "--data", "small");
            assertThat(answered.code()).as(answered.errors()).isZero();
            Program.Result end = owner.end();
            assertThat(end.code()).as(end.errors()).isZero();
            assertThat(end.output()).contains("\"x\":[1,2,3]");
        }
    }

    private static void fill(Path filler) throws Exception {
        byte[] block = new byte[4096];
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (java.io.IOException _) {
            // Full: that is what it is for.
        }
    }

    @Test
    void aReadOnlyDataDirectoryIsToldBeforeAnythingRuns() throws Exception {
        Files.writeString(
                folder.resolve("one.yaml"), "id: one\ntasks:\n  a: {type: value, value: {x: 1}}\n");
        assertThat(command("mount", "-o", "remount,ro", data.toString())).isZero();
        Program.Result result = Program.run(folder, "run", "one.yaml", "--data", "small");
        assertThat(result.code()).as(result.errors()).isEqualTo(3);
        assertThat(result.errors()).contains("small").doesNotContain("\tat ");
    }

    @Test
    void aTaskThatFloodsItsOutputIsBoundedAndItsLogSaysSo() throws Exception {
        command("umount", "-l", data.toString());
        Files.writeString(
                folder.resolve("flood.yaml"),
                "id: flood\ntasks:\n  a: {type: shell, script: \"yes flood | head -c 60000000\"}\n");
        Program.Result result = Program.run(folder, "run", "flood.yaml", "--data", "small");
        assertThat(result.code()).as(result.errors()).isZero();
        try (Stream<Path> files = Files.walk(data.resolve("logs"))) {
            Path log = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            assertThat(Files.size(log)).isLessThan(9 << 20);
            assertThat(Files.readString(log)).contains("dropped");
        }
    }
}
