package dev.sluice.store.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.spi.LogStore;
import dev.sluice.testkit.store.LogStoreContract;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLogsTest extends LogStoreContract {
    @Override
    protected LogStore open(Path folder, int limitBytes) {
        return new FileLogs(folder, limitBytes, InstantSource.system());
    }

    @Override
    protected void close(LogStore store) {
        ((FileLogs) store).close();
    }

    @Test
    void timesHaveSixDigitsInUtc(@TempDir Path folder) throws Exception {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-03-01T12:00:00.000001Z"));
        try (FileLogs logs = new FileLogs(folder, 1000, clock)) {
            try (LogStore.Log log = logs.open(TenantId.DEFAULT, new RunId(1), "a/b", 3, 2)) {
                log.line("x");
            }
            assertThat(folder.resolve("default/0000000000001/a.b.3.2.log"))
                    .hasContent("2026-03-01T12:00:00.000001Z x\n");
        }
    }

    @Test
    void aTaskNameThatWouldLeaveTheFolderIsRefused(@TempDir Path folder) {
        try (FileLogs logs = new FileLogs(folder)) {
            for (String task : new String[] {"..", "a/../b", "/a", "a//b", "", "a.b", "a\u0000"}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> logs.path(TenantId.DEFAULT, new RunId(1), task, -1, 1))
                        .withMessageStartingWith("task: " + task);
            }
        }
    }
}
