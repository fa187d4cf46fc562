package dev.sluice.compiler;

import dev.sluice.compiler.Reference.Segment;
import dev.sluice.engine.Expression;
import dev.sluice.model.Node;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles single expressions. A lone chain of names is resolved here, everything else by CEL,
 * whose classes are loaded only then: they take half a second.
 */
final class Expressions {
    private static final Set<String> LITERALS = Set.of("true", "false", "null");

    private final References references;
    private @Nullable CelExpressions cel;

    Expressions(References references) {
        this.references = references;
    }

    /**
     * @param type of the result, ANY if that is not known
     * @param perItem whether it mentions item or index
     */
    record Typed(Expression expression, ValueType type, boolean perItem) {}

    /** The expression made ready, or null if it is wrong, which is told then. */
    @Nullable Typed compile(Node.Scalar scalar, ExpressionText.Code code, Context context) {
        References.Site site =
                new References.Site(context, offset -> scalar.markAt(code.offset() + offset));
        String text = code.text();
        String bare = text.strip();
        if (bare.isEmpty()) {
            site.problem(0, "an empty expression (expected: such as ${{ inputs.name }})");
            return null;
        }
        List<Segment> chain = LITERALS.contains(bare) ? null : chain(text);
        if (chain != null) {
            return path(chain, site);
        }
        if (cel == null) {
            cel = new CelExpressions();
        }
        return cel.compile(text, references, site);
    }

    /** The names of an expression that is nothing but names joined by dots, else null. */
    private static @Nullable List<Segment> chain(String text) {
        List<Segment> chain = new ArrayList<>();
        int at = skipSpace(text, 0);
        while (true) {
            int end = at;
            while (end < text.length() && isNamePart(text.charAt(end))) {
                end++;
            }
            if (end == at || Character.isDigit(text.charAt(at))) {
                return null;
            }
            chain.add(new Segment(text.substring(at, end), at));
            at = skipSpace(text, end);
            if (at == text.length()) {
                return chain;
            }
            if (text.charAt(at) != '.') {
                return null;
            }
            at = skipSpace(text, at + 1);
        }
    }

    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_';
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private @Nullable Typed path(List<Segment> chain, References.Site site) {
        Reference found = references.resolve(chain, site);
        if (found == null) {
            return null;
        }
        String root = chain.getFirst().name();
        boolean perItem = root.equals("item") || root.equals("index");
        if (found.length() == chain.size()) {
            return new Typed(found.read(), found.type(), perItem);
        }
        List<String> fields =
                chain.subList(found.length(), chain.size()).stream().map(Segment::name).toList();
        String full = found.name() + "." + String.join(".", fields);
        Expression read =
                scope -> {
                    Value value = found.read().evaluate(scope);
                    for (String field : fields) {
                        value = ValuePaths.field(value, field, full);
                    }
                    return value;
                };
        return new Typed(read, ValueType.ANY, perItem);
    }
}
