package dev.sluice.sandbox.jail;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** What lies in some folders: bytes and entries. Links are not followed. */
record DiskUse(long bytes, long files) {
    static DiskUse of(List<Path> folders) {
        long[] sum = {0, 0};
        var visitor =
                new SimpleFileVisitor<Path>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path d, BasicFileAttributes a) {
                        sum[1]++;
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        sum[0] += attributes.size();
                        sum[1]++;
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @org.jspecify.annotations.Nullable IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }
                };
        for (Path folder : folders) {
            try {
                Files.walkFileTree(folder, visitor);
            } catch (IOException gone) {
                // removed while it was looked at: it holds nothing any more
            }
        }
        return new DiskUse(sum[0], sum[1]);
    }
}
