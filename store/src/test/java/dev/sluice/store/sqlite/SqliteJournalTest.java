package dev.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore.Append;
import dev.sluice.spi.JournalStore.Commit;
import dev.sluice.spi.JournalStore.RunRow;
import dev.sluice.spi.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest {
    private static final TenantId TENANT = TenantId.DEFAULT;
    private static final FlowId FLOW = new FlowId("f");

    @TempDir Path folder;

    @Test
    void everyCommitIsSynced() throws Exception {
        Database database = new Database(folder.resolve("journal.db"), 1000);
        try (Connection connection = database.openForWriting()) {
            // 2 is FULL: in WAL mode the log is synced at every commit.
            assertThat(pragma(connection, "synchronous")).isEqualTo("2");
            assertThat(pragma(connection, "journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void aFullDiskLosesNothingAndTheJournalWorksOnWhenThereIsSpace() throws Exception {
        Path file = folder.resolve("journal.db");
        try (SqliteJournal journal = new SqliteJournal(file)) {
            journal.commit(commit(1, 0, 100));
            for (int i = 0; i < 3; i++) {
                // Each time: the journal may have opened a new connection after the failure.
                journal.limitPages(60);
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> journal.commit(commit(2, 0, 1_000_000)))
                        .withMessageContaining(file + ": the disk is full; nothing was written");
                assertThat(journal.find(TENANT, new RunId(2))).isNull();
                assertThat(journal.events(TENANT, new RunId(2))).isEmpty();
                journal.commit(commit(1, i + 1, 10));
            }
            journal.limitPages(1 << 20);
            journal.commit(commit(2, 0, 1_000_000));
        }
        try (SqliteJournal journal = new SqliteJournal(file)) {
            assertThat(journal.events(TENANT, new RunId(1))).hasSize(4);
            assertThat(journal.events(TENANT, new RunId(2)))
                    .singleElement()
                    .satisfies(payload -> assertThat(payload).hasSize(1_000_000));
        }
    }

    @Test
    void aFullDiskThatTookTheWholeTransactionDoesNotHalfApplyTheNextOne() throws Exception {
        Path file = folder.resolve("journal.db");
        try (SqliteJournal journal = new SqliteJournal(file)) {
            journal.commit(commit(1, 0, 100));
            journal.limitPages(1);
            assertThatThrownBy(() -> journal.commit(commit(2, 0, 1_000_000)))
                    .isInstanceOf(StoreException.class);
            journal.limitPages(1 << 20);
            assertThatThrownBy(() ->
                            journal.commit(new Commit(List.of(append(3, 0, 10), append(1, 0, 10)))))
                    .isInstanceOf(StoreException.class);
            assertThat(journal.find(TENANT, new RunId(3))).isNull();
            assertThat(journal.events(TENANT, new RunId(3))).isEmpty();
        }
    }

    @Test
    void aFolderThatIsAFileIsNamedWithTheRemedy() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> new SqliteJournal(file.resolve("journal.db")))
                .withMessageContaining(file.resolve("journal.db") + ": ")
                .withMessageContaining(file + " is a directory this user may write to");
    }

    @Test
    void aReadOnlyFolderIsNamedWithTheRemedy() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(closed), "root may write anywhere: not tested here");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> new SqliteJournal(closed.resolve("journal.db")))
                .withMessageContaining(closed + " is a directory this user may write to");
    }

    @Test
    void aReadOnlyFileIsNamedWithTheRemedy() throws Exception {
        Path file = folder.resolve("journal.db");
        new SqliteJournal(file).close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(file), "root may write anywhere: not tested here");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> new SqliteJournal(file))
                .withMessageContaining(file + ": not writable; nothing was written");
    }

    @Test
    void aNewerSchemaIsRefusedUntouched() throws Exception {
        Path file = folder.resolve("journal.db");
        new SqliteJournal(file).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            Database.run(connection, "PRAGMA user_version = 99");
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> new SqliteJournal(file))
                .withMessageContaining(file.toString())
                .withMessageContaining("schema 99")
                .withMessageContaining("newer Sluice");
    }

    @Test
    void whatIsNoDatabaseIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("journal.db"), "not a database ".repeat(100));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> new SqliteJournal(file))
                .withMessageContaining(file + ": damaged")
                .withMessageContaining("backup");
        assertThat(file).content().startsWith("not a database");
    }

    @Test
    void closingLeavesOneFile() throws Exception {
        Path file = folder.resolve("journal.db");
        try (SqliteJournal journal = new SqliteJournal(file)) {
            journal.commit(commit(1, 0, 100));
            assertThat(journal.find(TENANT, new RunId(1))).isNotNull();
        }
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aClosedJournalSaysSo() throws Exception {
        SqliteJournal journal = new SqliteJournal(folder.resolve("journal.db"));
        journal.close();
        journal.close();
        assertThatThrownBy(() -> journal.commit(commit(1, 0, 1)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> journal.find(TENANT, new RunId(1)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
    }

    private static String pragma(Connection connection, String name) throws Exception {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.getString(1);
        }
    }

    private static Commit commit(long run, int seq, int bytes) {
        return new Commit(List.of(append(run, seq, bytes)));
    }

    private static Append append(long run, int seq, int bytes) {
        return new Append(
                new RunRow(TENANT, new RunId(run), FLOW, 1, RunState.RUNNING, 1, 1, 0, null, null),
                true,
                seq,
                new byte[bytes],
                List.of(),
                List.of());
    }
}
