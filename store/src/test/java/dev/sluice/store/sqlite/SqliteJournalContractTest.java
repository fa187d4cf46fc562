package dev.sluice.store.sqlite;

import dev.sluice.spi.JournalStore;
import dev.sluice.testkit.store.JournalStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalContractTest extends JournalStoreContract {
    @TempDir Path folder;

    @Override
    protected JournalStore open() throws Exception {
        return new SqliteJournal(folder.resolve("journal.db"));
    }
}
