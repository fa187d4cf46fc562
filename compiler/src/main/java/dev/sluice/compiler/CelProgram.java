package dev.sluice.compiler;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import org.jspecify.annotations.Nullable;

/** A checked tree, made ready to run when it first has to: checking a flow runs none. */
final class CelProgram {
    private final CelRuntime runtime;
    private final CelAbstractSyntaxTree tree;

    /** May be made twice when two threads come at once; either will do. */
    private volatile CelRuntime.@Nullable Program made;

    CelProgram(CelRuntime runtime, CelAbstractSyntaxTree tree) {
        this.runtime = runtime;
        this.tree = tree;
    }

    CelRuntime.Program ready() throws CelEvaluationException {
        CelRuntime.Program program = made;
        if (program == null) {
            program = runtime.createProgram(tree);
            made = program;
        }
        return program;
    }
}
