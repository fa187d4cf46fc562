package dev.sluice.spi;

import dev.sluice.model.Digest;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes by their SHA-256, apart for each tenant. A file enters under a temporary name, is
 * hashed while it is copied, fsynced, sealed read-only and renamed; so whatever has a digest's name
 * is whole. Thread-safe.
 */
public interface ArtifactStore {
    /** Copies a file in. Storing the same bytes twice keeps one file. */
    Value.Artifact put(
            TenantId tenant,
            Path file,
            String mediaType,
            String name,
            Value.@Nullable TableInfo table)
            throws IOException;

    /** Takes over a file that nobody else holds, without copying where the disk allows it. */
    Value.Artifact move(
            TenantId tenant,
            Path file,
            String mediaType,
            String name,
            Value.@Nullable TableInfo table)
            throws IOException;

    /**
     * Where the bytes are. Sealed: never write there.
     *
     * @throws java.nio.file.NoSuchFileException if the tenant has no such artifact
     */
    Path path(TenantId tenant, Digest digest) throws IOException;

    /**
     * Copies the bytes out, hashed on the way.
     *
     * @throws IOException also if the bytes no longer match their digest; then nothing is left at
     *     {@code target}
     */
    void export(TenantId tenant, Digest digest, Path target) throws IOException;

    /** Reads every artifact again and names those whose bytes do not match their digest. */
    List<Damage> scrub(TenantId tenant) throws IOException;

    /**
     * Removes artifacts that nothing refers to.
     *
     * @param reachable what is referred to
     * @param olderThanMicros only those that entered before this time, so that what an attempt has
     *     just stored stays
     */
    Collected collect(TenantId tenant, Set<Digest> reachable, long olderThanMicros)
            throws IOException;

    record Damage(Digest expected, String found) {}

    record Collected(int artifacts, long bytes) {}
}
