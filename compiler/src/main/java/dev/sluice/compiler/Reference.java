package dev.sluice.compiler;

import dev.sluice.engine.Expression;
import dev.sluice.model.ValueType;

/**
 * What a chain of names such as {@code tasks.x.outputs.auc} stands for.
 *
 * @param name the names that were understood, joined by dots
 * @param length how many names that are; those that follow are fields of the value
 * @param nullable whether it can be null
 */
record Reference(String name, int length, ValueType type, boolean nullable, Expression read) {

    /**
     * A name in a chain.
     *
     * @param offset in the expression's text
     */
    record Segment(String name, int offset) {}
}
