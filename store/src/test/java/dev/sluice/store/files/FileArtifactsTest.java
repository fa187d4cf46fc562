package dev.sluice.store.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.spi.ArtifactStore;
import dev.sluice.testkit.store.ArtifactStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;

class FileArtifactsTest extends ArtifactStoreContract {
    @Override
    protected ArtifactStore open(Path folder) throws IOException {
        return new FileArtifacts(folder);
    }

    @Test
    void halfCopiedFilesOfAnEarlierProcessAreRemovedAtOpening() throws IOException {
        Path root = temporary.resolve("store");
        Path left = Files.createDirectories(root.resolve("acme/.tmp"));
        Path old = Files.writeString(left.resolve("old"), "half");
        Files.setLastModifiedTime(old, FileTime.fromMillis(1000));
        Path young = Files.writeString(left.resolve("young"), "under way");
        open(root);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void aLinkPlantedInTheStoreIsNotFollowed() throws IOException {
        Path root = temporary.resolve("store");
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.createSymbolicLink(root.resolve("acme"), outside);
        Path file = Files.writeString(temporary.resolve("f"), "x");
        ArtifactStore store = open(root);
        assertThatThrownBy(() -> store.put(ACME, file, "text/plain", "f", null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("symbolic link");
        assertThat(outside).isEmptyDirectory();
    }
}
