package dev.sluice.spi;

import dev.sluice.model.Digest;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.TenantId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The durable record: what happened in every run, in order, and what is needed to list runs without
 * reading it.
 *
 * <p>One thread commits; any thread may query, and sees only what is committed. Every key begins
 * with the tenant. The store knows nothing of what the payloads mean.
 */
public interface JournalStore extends AutoCloseable {
    /**
     * Writes everything in one transaction and returns when it would survive a power cut.
     *
     * @throws StoreException if it could not; then nothing was written
     */
    void commit(Commit commit) throws StoreException;

    /** The payloads of a run, in order; empty if the tenant has no such run. */
    List<byte[]> events(TenantId tenant, RunId run) throws StoreException;

    /** Every run of every tenant that has not ended, oldest first. */
    List<RunRow> unfinished() throws StoreException;

    @Nullable RunRow find(TenantId tenant, RunId run) throws StoreException;

    /** The run that was submitted under this idempotency key. */
    @Nullable RunRow findByKey(TenantId tenant, FlowId flow, String key) throws StoreException;

    /** A page of runs, newest first. */
    List<RunRow> list(TenantId tenant, RunQuery query) throws StoreException;

    /**
     * Removes runs that have ended, with their events, references and cache entries. Unfinished
     * ones stay.
     */
    int purge(TenantId tenant, List<RunId> runs) throws StoreException;

    /** Every artifact that a run of the tenant refers to. */
    Set<Digest> references(TenantId tenant) throws StoreException;

    /** The tenants that have anything. */
    List<TenantId> tenants() throws StoreException;

    /**
     * Keeps a flow's text as its next version, unless text and folder are those of the newest one.
     * Durable on return.
     *
     * @param folder the flow's own folder, to which its relative paths belong; may be empty
     * @return the version, from 1
     */
    int saveFlow(
            TenantId tenant, FlowId flow, byte[] text, String folder, String author, long atMicros)
            throws StoreException;

    /** A version of a flow, or the newest where {@code version} is null. */
    @Nullable FlowVersion findFlow(TenantId tenant, FlowId flow, @Nullable Integer version)
            throws StoreException;

    List<FlowVersion> listFlows(TenantId tenant, @Nullable FlowId after, int limit)
            throws StoreException;

    @Nullable CacheEntry findCached(TenantId tenant, Digest key) throws StoreException;

    @Override
    void close() throws StoreException;

    /**
     * @param appends at most one a run
     */
    record Commit(List<Append> appends) {}

    /**
     * What one commit adds to one run.
     *
     * @param row the run's listing row as it now is
     * @param rowChanged false if only events are added, so that the row need not be written
     * @param seq the append's place in the run, 0 for the first: a second append with the same
     *     number is refused
     * @param payload what happened, in the writer's own coding
     * @param references artifacts that the run now refers to
     * @param cached cache entries to add
     */
    record Append(
            RunRow row,
            boolean rowChanged,
            int seq,
            byte[] payload,
            List<Digest> references,
            List<CacheEntry> cached) {}

    /**
     * A run in listings. Times are microseconds since 1970, 0 where there is none yet.
     *
     * @param key the submission's idempotency key, unique in the tenant and flow, or null
     */
    record RunRow(
            TenantId tenant,
            RunId id,
            FlowId flow,
            int version,
            RunState state,
            long createdMicros,
            long startedMicros,
            long endedMicros,
            @Nullable String key,
            @Nullable RunId parent) {}

    /**
     * @param after only runs older than this one, or null for the newest
     * @param limit 1 to 1000
     */
    record RunQuery(
            @Nullable FlowId flow, @Nullable RunState state, @Nullable RunId after, int limit) {}

    record FlowVersion(
            FlowId flow,
            int version,
            byte[] text,
            String folder,
            Digest digest,
            String author,
            long atMicros) {}

    /**
     * @param outputs the outputs in the writer's coding
     */
    record CacheEntry(Digest key, RunId run, byte[] outputs) {}
}
