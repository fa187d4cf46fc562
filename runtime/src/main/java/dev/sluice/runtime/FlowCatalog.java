package dev.sluice.runtime;

import dev.sluice.compiler.CompiledFlow;
import dev.sluice.compiler.FlowCompiler;
import dev.sluice.model.FlowId;
import dev.sluice.model.Problem;
import dev.sluice.model.TenantId;
import dev.sluice.spi.JournalStore;
import dev.sluice.spi.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Flow versions made ready to run; the most recently used stay compiled. Thread-safe. */
final class FlowCatalog {
    private static final int KEPT = 200;

    private final JournalStore journal;
    private final FlowCompiler compiler;
    private final Map<Key, Ready> ready =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Ready> eldest) {
                    return size() > KEPT;
                }
            };

    FlowCatalog(JournalStore journal, FlowCompiler compiler) {
        this.journal = journal;
        this.compiler = compiler;
    }

    private record Key(TenantId tenant, FlowId flow, int version) {}

    /**
     * @param folder the flow's own folder
     * @param names how each task calls what it needs
     */
    record Ready(CompiledFlow flow, int version, Path folder, EdgeNames names) {}

    /** Checks and keeps a text as the flow's newest version. */
    Ready save(TenantId tenant, String text, Path folder, String author, long atMicros)
            throws RefusedException, StoreException {
        CompiledFlow flow = compile(text, "the flow");
        int version =
                journal.saveFlow(
                        tenant,
                        flow.flow().id(),
                        text.getBytes(StandardCharsets.UTF_8),
                        folder.toString(),
                        author,
                        atMicros);
        return keep(tenant, flow, version, folder);
    }

    /**
     * @param version null for the newest
     * @throws RefusedException if there is no such flow, or if this Sluice no longer accepts its
     *     text
     */
    Ready find(TenantId tenant, FlowId flow, @Nullable Integer version)
            throws RefusedException, StoreException {
        if (version != null) {
            synchronized (ready) {
                Ready known = ready.get(new Key(tenant, flow, version));
                if (known != null) {
                    return known;
                }
            }
        }
        JournalStore.FlowVersion stored = journal.findFlow(tenant, flow, version);
        if (stored == null) {
            throw new RefusedException(
                    RefusedException.Reason.NOT_FOUND,
                    "flow \""
                            + flow
                            + "\""
                            + (version == null ? "" : " version " + version)
                            + " is not known here; keep it with: sluice flows push FLOW.yaml");
        }
        synchronized (ready) {
            Ready known = ready.get(new Key(tenant, flow, stored.version()));
            if (known != null) {
                return known;
            }
        }
        String name = "flow \"" + flow + "\" version " + stored.version();
        return keep(
                tenant,
                compile(new String(stored.text(), StandardCharsets.UTF_8), name),
                stored.version(),
                Path.of(stored.folder()));
    }

    private Ready keep(TenantId tenant, CompiledFlow flow, int version, Path folder) {
        Ready made = new Ready(flow, version, folder, EdgeNames.of(flow));
        synchronized (ready) {
            ready.put(new Key(tenant, flow.flow().id(), version), made);
        }
        return made;
    }

    private CompiledFlow compile(String text, String name) throws RefusedException {
        FlowCompiler.Result result = compiler.compile(text);
        if (result.flow() == null) {
            Problem first = result.problems().getFirst();
            throw new RefusedException(
                    RefusedException.Reason.INVALID,
                    name
                            + " has "
                            + result.problems().size()
                            + " problem(s), the first at line "
                            + first.mark().line()
                            + ": "
                            + first.message());
        }
        return result.flow();
    }
}
