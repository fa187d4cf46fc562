package dev.sluice.compiler;

import static dev.sluice.model.text.Messages.quoted;

import dev.sluice.compiler.ExpressionText.Code;
import dev.sluice.compiler.ExpressionText.Literal;
import dev.sluice.compiler.ExpressionText.Part;
import dev.sluice.compiler.ExpressionText.Unclosed;
import dev.sluice.model.Node;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes templates of the flow's values. */
final class Templates {
    private static final Value.Text EMPTY = new Value.Text("");

    private final Expressions expressions;

    Templates(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * @param type of the result, ANY if that is not known
     * @param perItem whether it mentions item or index
     */
    record Typed(Template template, ValueType type, boolean perItem) {
        static Typed constant(Value value) {
            return new Typed(new Template.Constant(value), typeOf(value), false);
        }
    }

    /** A lone expression keeps its type, text round it makes a string; at any depth. */
    Typed inline(Node node, Context context) {
        return switch (node) {
            case Node.Scalar s -> scalar(s, context);
            case Node.Seq s -> sequence(s.items().stream().map(x -> inline(x, context)).toList());
            case Node.Map m -> {
                Map<String, Typed> entries = new LinkedHashMap<>();
                m.entries().forEach(e -> entries.put(e.key(), inline(e.value(), context)));
                yield map(entries);
            }
        };
    }

    /** Text and results in turn, text first: what reaches a query is bound, never pasted. */
    Typed parts(Node.Scalar scalar, Context context) {
        List<Typed> parts = new ArrayList<>();
        boolean textIsNext = true;
        for (Part part : ExpressionText.split(scalar.text())) {
            Typed made = part(part, scalar, context);
            boolean isText = part instanceof Literal;
            if (!isText && textIsNext) {
                parts.add(Typed.constant(EMPTY));
            }
            parts.add(made);
            textIsNext = !isText;
        }
        if (parts.isEmpty()) {
            parts.add(Typed.constant(EMPTY));
        }
        return sequence(parts);
    }

    private Typed scalar(Node.Scalar scalar, Context context) {
        if (!ExpressionText.hasExpression(scalar.text())) {
            return Typed.constant(scalar.value());
        }
        List<Part> parts = ExpressionText.split(scalar.text());
        if (parts.size() == 2 && parts.get(1) instanceof Literal l && l.text().equals("\n")) {
            parts = parts.subList(0, 1);
        }
        if (parts.size() == 1) {
            return part(parts.getFirst(), scalar, context);
        }
        List<Typed> made = new ArrayList<>();
        parts.forEach(p -> made.add(part(p, scalar, context)));
        List<Template> templates = made.stream().map(Typed::template).toList();
        Template joined =
                scope -> {
                    StringBuilder text = new StringBuilder();
                    templates.forEach(t -> text.append(JsonText.inText(t.resolve(scope))));
                    return new Value.Text(text.toString());
                };
        return new Typed(joined, ValueType.STRING, made.stream().anyMatch(Typed::perItem));
    }

    private Typed part(Part part, Node.Scalar scalar, Context context) {
        return switch (part) {
            case Literal text -> Typed.constant(new Value.Text(text.text()));
            case Code code -> {
                Expressions.Typed made = expressions.compile(scalar, code, context);
                yield made == null
                        ? new Typed(new Template.Constant(Value.Null.NULL), ValueType.ANY, false)
                        : new Typed(made.expression()::evaluate, made.type(), made.perItem());
            }
            case Unclosed open -> {
                String rest = scalar.text().substring(open.offset());
                String hint =
                        scalar.plain()
                                ? "; if YAML cut it off at \" #\", write it in quotes, \"${{ … }}\""
                                : "";
                context.problem(
                        scalar.markAt(open.offset()),
                        "the expression "
                                + quoted(rest)
                                + " has no end (expected: }} behind it"
                                + hint
                                + ")");
                yield new Typed(new Template.Constant(Value.Null.NULL), ValueType.ANY, false);
            }
        };
    }

    private static Typed sequence(List<Typed> items) {
        boolean perItem = items.stream().anyMatch(Typed::perItem);
        List<Template> templates = items.stream().map(Typed::template).toList();
        List<Value> constants = constants(templates);
        Template made =
                constants == null
                        ? scope ->
                                new Value.ListOf(
                                        templates.stream().map(t -> t.resolve(scope)).toList())
                        : new Template.Constant(new Value.ListOf(constants));
        return new Typed(made, ValueType.LIST, perItem);
    }

    private static Typed map(Map<String, Typed> entries) {
        boolean perItem = entries.values().stream().anyMatch(Typed::perItem);
        List<String> keys = List.copyOf(entries.keySet());
        List<Template> templates = entries.values().stream().map(Typed::template).toList();
        List<Value> constants = constants(templates);
        Template made =
                constants == null
                        ? scope -> zip(keys, templates.stream().map(t -> t.resolve(scope)).toList())
                        : new Template.Constant(zip(keys, constants));
        return new Typed(made, ValueType.MAP, perItem);
    }

    private static Value zip(List<String> keys, List<Value> values) {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            entries.put(keys.get(i), values.get(i));
        }
        return new Value.MapOf(entries);
    }

    /** The values if all are constants, else null. */
    private static @Nullable List<Value> constants(List<Template> templates) {
        List<Value> values = new ArrayList<>(templates.size());
        for (Template template : templates) {
            if (!(template instanceof Template.Constant(Value value))) {
                return null;
            }
            values.add(value);
        }
        return values;
    }

    static ValueType typeOf(Value value) {
        return switch (value) {
            case Value.Null _ -> ValueType.ANY;
            case Value.Bool _ -> ValueType.BOOLEAN;
            case Value.Int _ -> ValueType.INTEGER;
            case Value.Dec _ -> ValueType.NUMBER;
            case Value.Text _ -> ValueType.STRING;
            case Value.ListOf _ -> ValueType.LIST;
            case Value.MapOf _ -> ValueType.MAP;
            case Value.Artifact a -> a.isTable() ? ValueType.TABLE : ValueType.FILE;
        };
    }
}
