package dev.sluice.compiler;

import dev.sluice.engine.Scope;
import dev.sluice.model.Value;

/** A value of the flow's text with expressions in it, ready to be resolved. Thread-safe. */
@FunctionalInterface
public interface Template {
    /**
     * @throws dev.sluice.engine.ExpressionException if an expression has no result for these values
     */
    Value resolve(Scope scope);

    /** A value without expressions: the same for every scope. */
    record Constant(Value value) implements Template {
        @Override
        public Value resolve(Scope scope) {
            return value;
        }
    }
}
