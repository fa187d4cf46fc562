package dev.sluice.engine;

import dev.sluice.model.Value;

/** What a task's condition and item list come to, as the events that say so. */
final class Evaluation {
    private Evaluation() {}

    /** The decided condition, or the task's rejection. */
    static RunEvent condition(RunFold run, int task, int item, Expression when, long now) {
        String error;
        try {
            Value met = when.evaluate(new RunScope(run, task, item));
            if (met instanceof Value.Bool b) {
                return new RunEvent.ConditionDecided(now, task, item, b.value());
            }
            error = "`when` is a " + met.kind() + " (expected: true or false)";
        } catch (ExpressionException e) {
            error = "`when`: " + e.getMessage();
        }
        return new RunEvent.TaskRejected(now, task, item, error);
    }

    /** The expanded items, or the task's rejection. */
    static RunEvent items(RunFold run, int task, Plan.Foreach foreach, long now) {
        String error;
        try {
            Value items = foreach.items().evaluate(new RunScope(run, task, RunEvent.WHOLE));
            if (!(items instanceof Value.ListOf list)) {
                error = "`foreach` is a " + items.kind() + " (expected: a list)";
            } else if (list.items().size() > Engine.ITEMS_MAX) {
                error =
                        "`foreach` has "
                                + list.items().size()
                                + " items (expected: at most "
                                + Engine.ITEMS_MAX
                                + "); group them, or give each task a table of them";
            } else {
                return new RunEvent.ItemsExpanded(now, task, list.items());
            }
        } catch (ExpressionException e) {
            error = "`foreach`: " + e.getMessage();
        }
        return new RunEvent.TaskRejected(now, task, RunEvent.WHOLE, error);
    }
}
