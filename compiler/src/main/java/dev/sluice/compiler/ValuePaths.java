package dev.sluice.compiler;

import dev.sluice.engine.ExpressionException;
import dev.sluice.model.Value;
import dev.sluice.model.text.Messages;
import org.jspecify.annotations.Nullable;

/** Steps into values by field names, without CEL. */
final class ValuePaths {
    private ValuePaths() {}

    /**
     * The field of a map or artifact.
     *
     * @param path the whole path, for messages
     */
    static Value field(Value value, String name, String path) {
        @Nullable Value found =
                switch (value) {
                    case Value.MapOf m -> m.find(name);
                    case Value.Artifact a -> ((Value.MapOf) Value.ofJava(a.toJava())).find(name);
                    case Value.Null _,
                            Value.Bool _,
                            Value.Int _,
                            Value.Dec _,
                            Value.Text _,
                            Value.ListOf _ ->
                            throw new ExpressionException(
                                    "${{ "
                                            + path
                                            + " }} has no value: field "
                                            + Messages.quoted(name)
                                            + " of a "
                                            + value.kind());
                };
        if (found == null) {
            String known =
                    value instanceof Value.MapOf m
                            ? Messages.instead(name, m.entries().keySet())
                            : "";
            throw new ExpressionException(
                    "${{ " + path + " }} has no value: no field " + Messages.quoted(name) + known);
        }
        return found;
    }
}
