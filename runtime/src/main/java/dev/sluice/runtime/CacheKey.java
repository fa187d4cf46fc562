package dev.sluice.runtime;

import dev.sluice.compiler.CompiledFlow.CompiledTask;
import dev.sluice.engine.EventCodec;
import dev.sluice.model.Digest;
import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.JournalStore.CacheEntry;
import dev.sluice.spi.TaskException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When two attempts are the same work: equal tenant, type and version, config, inputs, fingerprint
 * and engine.
 */
final class CacheKey {
    private static final String ENGINE = "sluice-1";

    private CacheKey() {}

    static Digest of(CompiledTask task, AttemptContext context) throws TaskException {
        String text =
                String.join(
                        "\n",
                        ENGINE,
                        context.tenant().value(),
                        task.type().name() + "@" + task.type().version(),
                        new Value.MapOf(context.config()).canonical(),
                        new Value.MapOf(context.inputs()).canonical(),
                        context.resources().toString(),
                        task.type().fingerprint(context));
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The cached outputs, or null if an artifact of theirs is gone. */
    static Outcome.@Nullable Reused reuse(CacheEntry hit, AttemptContext context) {
        Map<String, Value> outputs = EventCodec.decodeValues(hit.outputs());
        try {
            for (Value value : outputs.values()) {
                for (Value.Artifact artifact : value.artifacts()) {
                    context.path(artifact);
                }
            }
        } catch (TaskException gone) {
            return null;
        }
        return new Outcome.Reused(outputs, hit.run());
    }
}
