package dev.sluice.engine;

import dev.sluice.model.Value;

/**
 * A compiled expression: terminating, without access to clock, files or network, so that the engine
 * stays pure.
 */
@FunctionalInterface
public interface Expression {
    /**
     * @throws ExpressionException if these values have no result, such as a missing key or a
     *     division by zero
     */
    Value evaluate(Scope scope);
}
