package dev.sluice.compiler;

import dev.sluice.compiler.TaskIndex.Group;
import dev.sluice.compiler.TaskIndex.Leaf;
import dev.sluice.model.Mark;
import dev.sluice.model.Problem;
import dev.sluice.model.text.Messages;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where an expression stands, and where to tell what was found in it.
 *
 * @param subject for messages, such as {@code task "clean": when}
 * @param scope whose names it sees
 * @param owner the task it belongs to, or null for the flow's outputs
 * @param items whether {@code item} and {@code index} exist
 * @param secrets whether a secret may go there
 */
record Context(
        String subject,
        Group scope,
        @Nullable Owner owner,
        boolean items,
        boolean secrets,
        List<Problem> problems) {

    /** The task under check, and what its expressions refer to. */
    record Owner(Leaf leaf, TaskEdges edges, Uses uses) {}

    /** What the expressions of a task mention. */
    static final class Uses {
        private boolean run;

        /** Whether something differs from run to run: run or trigger. */
        boolean run() {
            return run;
        }

        void markRun() {
            run = true;
        }
    }

    void problem(Mark mark, String message) {
        problems.add(new Problem(mark, subject + ": " + message));
    }

    /**
     * What to suggest, as long as somebody will read it: looking through all names for each of very
     * many mistakes takes too long.
     */
    String hint(Supplier<String> hint) {
        return problems.size() < Messages.MAX_PROBLEMS ? hint.get() : "";
    }

    Context at(String newSubject) {
        return new Context(newSubject, scope, owner, items, secrets, problems);
    }

    Context withSecrets() {
        return new Context(subject, scope, owner, items, true, problems);
    }

    Context withoutItems() {
        return new Context(subject, scope, owner, false, secrets, problems);
    }
}
