package dev.sluice.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Digest;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.spi.ArtifactStore;
import dev.sluice.spi.ArtifactStore.Collected;
import dev.sluice.spi.ArtifactStore.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every artifact store has to keep to. Posix file systems only. */
public abstract class ArtifactStoreContract {
    protected static final TenantId ACME = new TenantId("acme");
    private static final TenantId OTHER = new TenantId("other");
    private static final long FUTURE_MICROS = 4_000_000_000_000_000L;

    /** A folder for the store's files and another for the test's own, on one file system. */
    @TempDir protected Path temporary;

    private Path own;
    private ArtifactStore store;

    /** Opens the store of this test in a folder, empty or with what it held before. */
    protected abstract ArtifactStore open(Path folder) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        own = Files.createDirectory(temporary.resolve("own"));
        store = open(temporary.resolve("store"));
    }

    @Test
    void whatIsPutIsFoundByItsDigestAlsoAfterReopening() throws IOException {
        byte[] bytes = random(1_000_000);
        Value.TableInfo table = new Value.TableInfo(List.of(new Value.Column("id", "BIGINT")), 3);
        Path file = file("a", bytes);
        Value.Artifact artifact = store.put(ACME, file, "text/csv", "a.csv", table);
        assertThat(artifact)
                .isEqualTo(
                        new Value.Artifact(
                                Digest.of(bytes), bytes.length, "text/csv", "a.csv", table));
        assertThat(store.path(ACME, artifact.digest())).hasBinaryContent(bytes);
        assertThat(file).hasBinaryContent(bytes);
        ArtifactStore again = open(temporary.resolve("store"));
        assertThat(again.path(ACME, artifact.digest())).hasBinaryContent(bytes);
    }

    @Test
    void anEmptyFileIsAnArtifact() throws IOException {
        Digest digest = put(ACME, new byte[0]);
        assertThat(store.path(ACME, digest)).isEmptyFile();
    }

    @Test
    void whatIsMovedIsGoneFromWhereItWas() throws IOException {
        byte[] bytes = random(100_000);
        Path file = file("a", bytes);
        Value.Artifact artifact = store.move(ACME, file, "text/plain", "a", null);
        assertThat(artifact.digest()).isEqualTo(Digest.of(bytes));
        assertThat(artifact.bytes()).isEqualTo(bytes.length);
        assertThat(file).doesNotExist();
        assertThat(store.path(ACME, artifact.digest())).hasBinaryContent(bytes);
    }

    @Test
    void anArtifactIsSealed() throws IOException {
        Digest put = put(ACME, random(10));
        Digest moved = store.move(ACME, file("b", random(11)), "text/plain", "b", null).digest();
        for (Digest digest : List.of(put, moved)) {
            assertThat(Files.getPosixFilePermissions(store.path(ACME, digest)))
                    .containsOnly(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.GROUP_READ,
                            PosixFilePermission.OTHERS_READ);
        }
    }

    @Test
    void aMovedFileWithASecondNameCannotBeChangedThroughIt() throws IOException {
        byte[] bytes = random(1000);
        Path file = file("a", bytes);
        Path second = Files.createLink(own.resolve("second"), file);
        Digest digest = store.move(ACME, file, "text/plain", "a", null).digest();
        Files.write(second, random(5));
        assertThat(file).doesNotExist();
        assertThat(store.path(ACME, digest)).hasBinaryContent(bytes);
    }

    @Test
    void linksFoldersAndWhatIsNotThereAreNotStored() throws IOException {
        Path link = Files.createSymbolicLink(own.resolve("link"), file("secret", random(10)));
        for (Path path : List.of(link, own)) {
            assertThatThrownBy(() -> store.put(ACME, path, "text/plain", "a", null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path + ": not a regular file");
            assertThatThrownBy(() -> store.move(ACME, path, "text/plain", "a", null))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path + ": not a regular file");
        }
        assertThatThrownBy(() -> store.put(ACME, own.resolve("none"), "text/plain", "a", null))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(files()).isEmpty();
    }

    @Test
    void aTenantHasNoArtifactOfAnother() throws IOException {
        Digest digest = put(ACME, random(10));
        assertThatThrownBy(() -> store.path(OTHER, digest))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("other")
                .hasMessageContaining(digest.hex());
        assertThatThrownBy(() -> store.export(OTHER, digest, own.resolve("x")))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(store.collect(OTHER, Set.of(), FUTURE_MICROS)).isEqualTo(new Collected(0, 0));
        assertThat(store.scrub(OTHER)).isEmpty();
        assertThat(store.path(ACME, digest)).exists();
    }

    @Test
    void theSameBytesAreKeptOnce() throws IOException {
        byte[] bytes = random(1000);
        Digest digest = put(ACME, bytes);
        store.move(ACME, file("again", bytes), "text/plain", "again", null);
        put(ACME, bytes);
        assertThat(files()).containsExactly(store.path(ACME, digest));
    }

    @Test
    void manyMayStoreTheSameBytesAtOnce()
            throws ExecutionException, IOException, InterruptedException {
        byte[] bytes = random(200_000);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Digest>> stored = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Path file = file("copy" + i, bytes);
                stored.add(
                        threads.submit(
                                () -> store.move(ACME, file, "text/plain", "a", null).digest()));
                stored.add(threads.submit(() -> put(ACME, bytes)));
            }
            for (Future<Digest> one : stored) {
                assertThat(store.path(ACME, one.get())).hasBinaryContent(bytes);
            }
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void anExportIsWholeAndReplacesWhatWasThere() throws IOException {
        byte[] bytes = random(300_000);
        Digest digest = put(ACME, bytes);
        Path target = file("target", random(3));
        store.export(ACME, digest, target);
        assertThat(target).hasBinaryContent(bytes);
        assertThat(Files.isWritable(target)).isTrue();
    }

    @Test
    void aDamagedArtifactIsNotExportedAndNothingIsLeft() throws IOException {
        Digest digest = put(ACME, random(1000));
        damage(ACME, digest);
        Path folder = Files.createDirectory(own.resolve("exports"));
        assertThatThrownBy(() -> store.export(ACME, digest, folder.resolve("x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining(digest.hex().substring(2));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aScrubNamesWhatIsDamagedAndStoringItAgainMendsIt() throws IOException {
        byte[] bytes = random(1000);
        Digest sound = put(ACME, random(10));
        Digest digest = put(ACME, bytes);
        assertThat(store.scrub(ACME)).isEmpty();
        byte[] now = damage(ACME, digest);
        assertThat(store.scrub(ACME)).containsExactly(new Damage(digest, Digest.of(now).hex()));
        put(ACME, bytes);
        assertThat(store.scrub(ACME)).isEmpty();
        assertThat(store.path(ACME, digest)).hasBinaryContent(bytes);
        assertThat(store.path(ACME, sound)).exists();
    }

    @Test
    void whatNothingRefersToIsCollected() throws IOException {
        Digest kept = put(ACME, random(10));
        Digest gone = put(ACME, random(20));
        put(OTHER, random(30));
        assertThat(store.collect(ACME, Set.of(kept), FUTURE_MICROS))
                .isEqualTo(new Collected(1, 20));
        assertThat(store.path(ACME, kept)).exists();
        assertThatThrownBy(() -> store.path(ACME, gone)).isInstanceOf(NoSuchFileException.class);
        assertThat(files()).hasSize(2);
    }

    @Test
    void whatEnteredLatelyIsNotCollectedAndStoringAgainCountsAsEntering() throws IOException {
        byte[] bytes = random(10);
        Digest old = put(ACME, random(11));
        Digest renewed = put(ACME, bytes);
        Digest moved = put(ACME, random(12));
        byte[] movedBytes = Files.readAllBytes(store.path(ACME, moved));
        for (Digest digest : List.of(old, renewed, moved)) {
            Files.setLastModifiedTime(store.path(ACME, digest), FileTime.fromMillis(1000));
        }
        Digest young = put(ACME, random(13));
        put(ACME, bytes);
        Path again = file("again", movedBytes);
        Files.setLastModifiedTime(again, FileTime.fromMillis(1000));
        store.move(ACME, again, "text/plain", "a", null);
        assertThat(store.collect(ACME, Set.of(), 2_000_000)).isEqualTo(new Collected(1, 11));
        for (Digest digest : List.of(young, renewed, moved)) {
            assertThat(store.path(ACME, digest)).exists();
        }
    }

    @Test
    void whatIsStoredAgainWhileCollectingStays()
            throws ExecutionException, IOException, InterruptedException {
        byte[] bytes = random(100);
        Digest digest = put(ACME, bytes);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 200; round++) {
                Files.setLastModifiedTime(store.path(ACME, digest), FileTime.fromMillis(1000));
                Future<Digest> stored = threads.submit(() -> put(ACME, bytes));
                Future<Collected> collected =
                        threads.submit(() -> store.collect(ACME, Set.of(), 2_000_000));
                stored.get();
                collected.get();
                assertThat(store.path(ACME, digest)).hasBinaryContent(bytes);
            }
        }
    }

    private Digest put(TenantId tenant, byte[] bytes) throws IOException {
        Path file = Files.createTempFile(own, "put", "");
        Files.write(file, bytes);
        Digest digest = store.put(tenant, file, "application/octet-stream", "a.bin", null).digest();
        Files.delete(file);
        return digest;
    }

    private byte[] damage(TenantId tenant, Digest digest) throws IOException {
        Path file = store.path(tenant, digest);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        return bytes;
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(own.resolve(name), bytes);
    }

    /** Every file in the store's folder, temporary ones included. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(temporary.resolve("store"))) {
            return all.filter(path -> !Files.isDirectory(path)).toList();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
