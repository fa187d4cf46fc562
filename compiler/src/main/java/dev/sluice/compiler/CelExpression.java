package dev.sluice.compiler;

import dev.cel.common.CelErrorCode;
import dev.cel.runtime.CelEvaluationException;
import dev.sluice.engine.Expression;
import dev.sluice.engine.ExpressionException;
import dev.sluice.engine.Scope;
import dev.sluice.model.Value;
import dev.sluice.model.text.Messages;
import java.util.Map;
import java.util.Optional;

/** An expression that CEL evaluates. Thread-safe. */
final class CelExpression implements Expression {
    private final String text;
    private final CelProgram program;
    private final Map<String, Reference> variables;

    CelExpression(String text, CelProgram program, Map<String, Reference> variables) {
        this.text = text;
        this.program = program;
        this.variables = Map.copyOf(variables);
    }

    @Override
    public Value evaluate(Scope scope) {
        try {
            return CelValues.fromCel(program.ready().eval(name -> variable(name, scope)));
        } catch (CelEvaluationException e) {
            throw failed(e.getCause() instanceof ExpressionException x ? x : e);
        } catch (ExpressionException | IllegalArgumentException | ArithmeticException e) {
            throw failed(e);
        }
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
