package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.spi.StoreException;
import dev.sluice.store.DataDirectory.Holder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir Path folder;

    @Test
    void theLayoutIsCreatedForItsUserAlone() throws Exception {
        Path root = folder.resolve("deep/data");
        try (DataDirectory data = DataDirectory.open(root)) {
            assertThat(Files.getPosixFilePermissions(root))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(data.artifacts()).isEqualTo(root.resolve("artifacts")).isDirectory();
            assertThat(data.logs()).isEqualTo(root.resolve("logs")).isDirectory();
            assertThat(data.work()).isEqualTo(root.resolve("work")).isDirectory();
            assertThat(data.journal()).isEqualTo(root.resolve("journal.db"));
        }
    }

    @Test
    void aSecondOpenerInThisProcessIsToldWhoHoldsIt() throws Exception {
        DataDirectory first = DataDirectory.open(folder);
        for (int round = 0; round < 2; round++) {
            HeldException held =
                    catchThrowableOfType(
                            HeldException.class, () -> DataDirectory.open(folder.resolve(".")));
            assertThat(held)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("--data");
            assertThat(held.holder().pid()).isEqualTo(ProcessHandle.current().pid());
        }
        try (Child child = Child.open(folder)) {
            assertThat(child.firstLine()).startsWith("held").contains("process");
        }
        first.close();
        assertThat(DataDirectory.holder(folder)).isNull();
        DataDirectory.open(folder).close();
    }

    @Test
    void anotherProcessHoldsItUntilItIsKilled() throws Exception {
        try (Child child = Child.open(folder)) {
            assertThat(child.firstLine()).isEqualTo("open");
            Holder holder = DataDirectory.holder(folder);
            assertThat(holder.pid()).isEqualTo(child.process().pid());
            assertThatExceptionOfType(HeldException.class)
                    .isThrownBy(() -> DataDirectory.open(folder))
                    .withMessageContaining("process " + child.process().pid() + " on ")
                    .withMessageContaining(" since " + holder.since());
            child.process().destroyForcibly().waitFor();
            assertThat(DataDirectory.holder(folder)).isEqualTo(holder);
        }
        DataDirectory.open(folder).close();
    }

    @Test
    void aDamagedHolderFileHindersNobody() throws Exception {
        Files.writeString(folder.resolve("holder"), "nonsense");
        assertThat(DataDirectory.holder(folder)).isNull();
        DataDirectory.open(folder).close();
    }

    @Test
    void leftoversOfAttemptsGoWhenAsked() throws Exception {
        Files.createDirectories(folder.resolve("work/run/a"));
        Files.writeString(folder.resolve("work/run/a/f"), "x");
        try (DataDirectory data = DataDirectory.open(folder)) {
            assertThat(folder.resolve("work/run/a/f")).exists();
            data.clearWork();
            assertThat(data.work()).isEmptyDirectory();
        }
    }

    @Test
    void aFileInItsPlaceIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        for (Path root : new Path[] {file, file.resolve("below")}) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> DataDirectory.open(root))
                    .withMessageContaining(file.toString())
                    .withMessageContaining("name another");
        }
    }

    /** Opens a data directory in another JVM and holds it until it is ended. */
    record Child(Process process) implements AutoCloseable {
        static Child open(Path folder) throws Exception {
            return new Child(
                    new ProcessBuilder(
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-Xmx64m",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Child.class.getName(),
                                    folder.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        }

        public static void main(String[] args) throws Exception {
            try (DataDirectory _ = DataDirectory.open(Path.of(args[0]))) {
                System.out.println("open");
                System.in.read();
            } catch (HeldException e) {
                System.out.println("held: " + e.getMessage());
            }
        }

        String firstLine() throws Exception {
            return process.inputReader().readLine();
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly().waitFor();
        }
    }
}
