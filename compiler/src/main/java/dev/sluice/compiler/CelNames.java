package dev.sluice.compiler;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.sluice.compiler.Reference.Segment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The chains of names that a parsed expression mentions, without those its macros bind. */
final class CelNames {
    /** CEL's names for types, as in {@code type(x) == int}. */
    private static final Set<String> TYPES =
            Set.of(
                    "bool",
                    "bytes",
                    "double",
                    "int",
                    "list",
                    "map",
                    "null_type",
                    "string",
                    "type",
                    "uint");

    private final CelAbstractSyntaxTree tree;
    private final String text;
    private final List<List<Segment>> chains = new ArrayList<>();
    private final Deque<String> bound = new ArrayDeque<>();
    private final Set<String> askedFor = new HashSet<>();
    private final Set<String> functions = new HashSet<>();
    private boolean mentionsNull;

    CelNames(CelAbstractSyntaxTree tree, String text) {
        this.tree = tree;
        this.text = text;
        visit(tree.getExpr());
    }

    List<List<Segment>> chains() {
        return chains;
    }

    /**
     * The names of this chain that may become one variable: {@code has(a.b)} asks for a field, so
     * that in the whole expression {@code a.b} has to stay a field of {@code a}.
     */
    List<Segment> variable(List<Segment> chain) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < chain.size(); i++) {
            name.append(i == 0 ? "" : ".").append(chain.get(i).name());
            if (askedFor.contains(name.toString())) {
                return chain.subList(0, i);
            }
        }
        return chain;
    }

    /** The functions and operators it calls, those of its macros included. */
    Set<String> functions() {
        return functions;
    }

    boolean mentionsNull() {
        return mentionsNull;
    }

    private void visit(CelExpr expr) {
        switch (expr.getKind()) {
            case NOT_SET -> {}
            case CONSTANT ->
                    mentionsNull |= expr.constant().getKind() == CelConstant.Kind.NULL_VALUE;
            case IDENT, SELECT -> chain(expr);
            case CALL -> {
                functions.add(expr.call().function());
                expr.call().target().ifPresent(this::visit);
                expr.call().args().forEach(this::visit);
            }
            case LIST -> expr.list().elements().forEach(this::visit);
            case STRUCT -> expr.struct().entries().forEach(e -> visit(e.value()));
            case MAP ->
                    expr.map()
                            .entries()
                            .forEach(e -> {
                                visit(e.key());
                                visit(e.value());
                            });
            case COMPREHENSION -> comprehension(expr.comprehension());
        }
    }

    private void comprehension(CelExpr.CelComprehension loop) {
        visit(loop.iterRange());
        visit(loop.accuInit());
        bound.push(loop.accuVar());
        bound.push(loop.iterVar());
        bound.push(loop.iterVar2());
        visit(loop.loopCondition());
        visit(loop.loopStep());
        bound.pop();
        bound.pop();
        visit(loop.result());
        bound.pop();
    }

    private void chain(CelExpr expr) {
        Deque<String> fields = new ArrayDeque<>();
        String asked = "";
        CelExpr at = expr;
        while (at.getKind() == CelExpr.ExprKind.Kind.SELECT) {
            if (at.select().testOnly()) {
                asked = at.select().field();
            } else {
                fields.push(at.select().field());
            }
            at = at.select().operand();
        }
        if (at.getKind() != CelExpr.ExprKind.Kind.IDENT) {
            visit(at);
            return;
        }
        String root = at.ident().name();
        boolean isType = fields.isEmpty() && TYPES.contains(root);
        if (isType || bound.contains(root)) {
            return;
        }
        List<Segment> chain = new ArrayList<>();
        Integer position = tree.getSource().getPositionsMap().get(at.id());
        int offset = position == null ? 0 : text.offsetByCodePoints(0, position);
        chain.add(new Segment(root, offset));
        int end = offset + root.length();
        for (String field : fields) {
            int found = text.indexOf(field, end);
            offset = found < 0 ? offset : found;
            end = found < 0 ? end : found + field.length();
            chain.add(new Segment(field, offset));
        }
        chains.add(chain);
        if (!asked.isEmpty()) {
            String operand = chain.stream().map(Segment::name).collect(Collectors.joining("."));
            askedFor.add(operand + "." + asked);
        }
    }
}
