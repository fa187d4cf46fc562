package dev.sluice.tasks.control;

import dev.sluice.model.Node;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;

/** What a flow's text already tells about a value. */
final class Literals {
    private Literals() {}

    /** Whether the value is known only at run time. */
    static boolean hasExpression(Node node) {
        return node instanceof Node.Scalar scalar && scalar.text().contains("${{");
    }

    static ValueType type(Node.Scalar scalar) {
        return switch (scalar.value()) {
            case Value.Bool _ -> ValueType.BOOLEAN;
            case Value.Int _ -> ValueType.INTEGER;
            case Value.Dec _ -> ValueType.NUMBER;
            case Value.Text text ->
                    isLoneExpression(text.value()) ? ValueType.ANY : ValueType.STRING;
            case Value.Null _, Value.ListOf _, Value.MapOf _, Value.Artifact _ -> ValueType.ANY;
        };
    }

    private static boolean isLoneExpression(String text) {
        String trimmed = text.strip();
        return trimmed.startsWith("${{") && trimmed.endsWith("}}");
    }
}
