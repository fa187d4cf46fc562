package dev.sluice.compiler;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.sluice.engine.Expression;
import dev.sluice.engine.ExpressionException;
import dev.sluice.engine.Scope;
import dev.sluice.model.Value;
import dev.sluice.model.text.Messages;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An expression that CEL evaluates. Thread-safe. */
final class CelExpression implements Expression {
    private final String text;
    private final CelRuntime runtime;
    private final CelAbstractSyntaxTree tree;
    private final Map<String, Reference> variables;

    /** Made at the first evaluation, perhaps twice: checking a flow needs none. */
    private volatile CelRuntime.@Nullable Program program;

    CelExpression(
            String text,
            CelRuntime runtime,
            CelAbstractSyntaxTree tree,
            Map<String, Reference> variables) {
        this.text = text;
        this.runtime = runtime;
        this.tree = tree;
        this.variables = variables;
    }

    @Override
    public Value evaluate(Scope scope) {
        try {
            return CelValues.fromCel(program().eval(name -> variable(name, scope)));
        } catch (CelEvaluationException e) {
            throw failed(e.getCause() instanceof ExpressionException x ? x : e);
        } catch (ExpressionException | IllegalArgumentException | ArithmeticException e) {
            throw failed(e);
        }
    }

    private CelRuntime.Program program() throws CelEvaluationException {
        CelRuntime.Program made = program;
        if (made == null) {
            made = runtime.createProgram(tree);
            program = made;
        }
        return made;
    }

    private Optional<Object> variable(String name, Scope scope) {
        Reference variable = variables.get(name);
        return variable == null
                ? Optional.empty()
                : Optional.of(CelValues.toCel(variable.read().evaluate(scope), variable.type()));
    }

    private ExpressionException failed(Exception e) {
        String reason = CelWords.plain(String.valueOf(e.getMessage()));
        boolean isKey =
                e instanceof CelEvaluationException x
                        && x.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND
                        && !reason.contains(" ");
        return new ExpressionException(
                "${{ "
                        + Messages.shortened(text)
                        + " }} has no value: "
                        + (isKey ? "key '" + reason + "' is not present" : reason));
    }
}
