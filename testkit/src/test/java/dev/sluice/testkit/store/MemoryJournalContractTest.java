package dev.sluice.testkit.store;

import dev.sluice.spi.JournalStore;

class MemoryJournalContractTest extends JournalStoreContract {
    private final MemoryJournal journal = new MemoryJournal();

    @Override
    protected JournalStore open() {
        return journal;
    }
}
