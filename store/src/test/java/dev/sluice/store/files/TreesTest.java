package dev.sluice.store.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
    @TempDir Path folder;

    @Test
    void aTreeIsDeletedAndItsLinksAreNotFollowed() throws Exception {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Files.writeString(kept.resolve("f"), "x");
        Path tree = Files.createDirectories(folder.resolve("tree/a/b"));
        Files.writeString(tree.resolve("f"), "x");
        Files.createSymbolicLink(tree.resolve("link"), kept);
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("---------"));
        Trees.delete(folder.resolve("tree"));
        assertThat(folder.resolve("tree")).doesNotExist();
        assertThat(kept.resolve("f")).exists();
        Trees.delete(folder.resolve("tree"));
    }
}
