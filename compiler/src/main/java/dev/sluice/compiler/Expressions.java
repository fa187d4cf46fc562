package dev.sluice.compiler;

import dev.sluice.compiler.Reference.Segment;
import dev.sluice.engine.Expression;
import dev.sluice.model.Node;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compiles single expressions. A lone chain of names is resolved here, everything else by CEL,
 * whose classes are loaded only then: they take half a second.
 */
final class Expressions {
    private static final Pattern CHAIN =
            Pattern.compile("\\s*[A-Za-z_]\\w*(?:\\s*\\.\\s*[A-Za-z_]\\w*)*\\s*");
    private static final Pattern NAME = Pattern.compile("\\w+");
    private static final Set<String> LITERALS = Set.of("true", "false", "null");

    private final References references;

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
        if (CHAIN.matcher(text).matches() && !LITERALS.contains(bare)) {
            return path(chain(text), site);
        }
        return CelExpressions.compile(text, references, site);
    }

    private static List<Segment> chain(String text) {
        List<Segment> chain = new ArrayList<>();
        Matcher names = NAME.matcher(text);
        while (names.find()) {
            chain.add(new Segment(names.group(), names.start()));
        }
        return chain;
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
