package dev.sluice.compiler;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableMutableAst;
import dev.cel.common.navigation.CelNavigableMutableExpr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes to CEL's trees where its checker and its runtime disagree. */
final class CelTrees {
    static final String INDEX = "_[_]";
    static final String DYN = "dyn";
    static final String EQUAL = "_==_";
    static final String UNEQUAL = "_!=_";

    private CelTrees() {}

    /**
     * Makes {@code a[b]} to {@code dyn(a[b])}: without it the checker leaves the type of an item of
     * something untyped open, and binds it to the first type that fits what is done with the item.
     */
    static CelAbstractSyntaxTree withUntypedItems(CelAbstractSyntaxTree parsed) {
        CelMutableAst tree = CelMutableAst.fromCelAst(parsed);
        List<CelMutableExpr> all =
                CelNavigableMutableAst.fromAst(tree)
                        .getRoot()
                        .allNodes()
                        .map(CelNavigableMutableExpr::expr)
                        .toList();
        long id = all.stream().mapToLong(CelMutableExpr::id).max().orElse(0);
        for (CelMutableExpr node : all) {
            boolean isCall = node.getKind() == CelExpr.ExprKind.Kind.CALL;
            if (isCall && node.call().function().equals(INDEX)) {
                CelMutableExpr item = CelMutableExpr.ofCall(node.id(), node.call());
                node.setCall(CelMutableCall.create(DYN, item));
                node.setId(++id);
            }
        }
        return tree.toParsedAst();
    }

    /**
     * CEL's own equality compares numbers of all kinds at run time; only its checker needs to be
     * told so.
     */
    static CelAbstractSyntaxTree withPlainEquality(CelAbstractSyntaxTree checked) {
        Map<Long, CelReference> references = new HashMap<>();
        checked.getReferenceMap().forEach((id, r) -> references.put(id, plainEquality(r)));
        return CelAbstractSyntaxTree.newCheckedAst(
                checked.getExpr(), checked.getSource(), references, checked.getTypeMap());
    }

    private static CelReference plainEquality(CelReference reference) {
        for (String id : reference.overloadIds()) {
            if (id.startsWith(EQUAL)) {
                return CelReference.newBuilder().addOverloadIds("equals").build();
            }
            if (id.startsWith(UNEQUAL)) {
                return CelReference.newBuilder().addOverloadIds("not_equals").build();
            }
        }
        return reference;
    }
}
