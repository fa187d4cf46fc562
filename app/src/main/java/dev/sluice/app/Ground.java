package dev.sluice.app;

import dev.sluice.spi.StoreException;
import dev.sluice.spi.TableFormats;
import dev.sluice.store.DataDirectory;
import dev.sluice.store.files.FileArtifacts;
import dev.sluice.store.files.FileLogs;
import dev.sluice.store.sqlite.SqliteJournal;
import dev.sluice.tasks.table.DuckTables;
import java.io.IOException;
import java.nio.file.Path;

/** A data directory that is open, with everything in it. */
record Ground(
        DataDirectory data,
        SqliteJournal journal,
        FileArtifacts artifacts,
        FileLogs logs,
        Results results,
        TableFormats tables) {

    /** Opens everything; what was opened before a failure is closed again. */
    static Ground open(Path folder)
            throws dev.sluice.store.HeldException, StoreException, IOException {
        DataDirectory data = DataDirectory.open(folder);
        try {
            data.clearWork();
            return new Ground(
                    data,
                    new SqliteJournal(data.journal()),
                    new FileArtifacts(data.artifacts()),
                    new FileLogs(data.logs()),
                    new Results(data.root().resolve("results")),
                    new DuckTables());
        } catch (StoreException | IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    void close() {
        try {
            logs.close();
            journal.close();
            data.close();
        } catch (StoreException e) {
            // Everything that was acknowledged is on disk; the next owner finds it.
        }
    }
}
