package dev.sluice.tasks.control;

import dev.sluice.model.ApprovalForm;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks a person and waits, however long it takes, without holding a thread. */
final class ApprovalTask implements TaskType {
    private static final List<Key> KEYS =
            List.of(
                    Key.optional(
                            "form",
                            KeyType.MAP,
                            Expressions.INLINE,
                            "What to ask beside yes or no: field names, each with a type or a map"
                                    + " of type, title, default and choices."),
                    Key.optional(
                            "assignees",
                            KeyType.LIST,
                            Expressions.INLINE,
                            "Who may answer; anyone if left out."),
                    Key.optional(
                            "message",
                            KeyType.STRING,
                            Expressions.INLINE,
                            "Text to show to whoever decides."));

    @Override
    public String name() {
        return "approval";
    }

    @Override
    public String summary() {
        return "Waits for a person's decision.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public Shape shape(Node.Map config) {
        Map<String, ValueType> outputs = new LinkedHashMap<>();
        outputs.put(ApprovalForm.APPROVED, ValueType.BOOLEAN);
        outputs.put(ApprovalForm.BY, ValueType.STRING);
        List<Problem> problems = new ArrayList<>();
        Node form = config.find("form");
        if (form instanceof Node.Map fields) {
            for (Node.Entry entry : fields.entries()) {
                outputs.put(entry.key(), fieldType(entry, problems));
            }
        }
        boolean open = form != null && !(form instanceof Node.Map);
        return new Shape(outputs, open, Set.of(), problems);
    }

    private static ValueType fieldType(Node.Entry entry, List<Problem> problems) {
        try {
            return ApprovalForm.field(entry.key(), withoutExpressions(entry.value()).toValue())
                    .type();
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(entry.mark(), String.valueOf(e.getMessage())));
            return ValueType.ANY;
        }
    }

    /** The field as far as its text tells: what an expression will give is checked when it runs. */
    private static Node withoutExpressions(Node field) {
        if (!(field instanceof Node.Map map)) {
            return field;
        }
        List<Node.Entry> known = new ArrayList<>();
        for (Node.Entry entry : map.entries()) {
            boolean isLate =
                    Literals.hasExpression(entry.value())
                            || (entry.value() instanceof Node.Seq seq
                                    && seq.items().stream().anyMatch(Literals::hasExpression));
            if (!isLate || entry.key().equals("type")) {
                known.add(entry);
            }
        }
        return new Node.Map(map.mark(), known);
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException {
        Map<String, Value> config = context.config();
        Map<String, Value> form = new LinkedHashMap<>();
        form.put("title", Value.of(context.task()));
        form.put("message", config.getOrDefault("message", Value.Null.NULL));
        form.put("assignees", config.getOrDefault("assignees", Value.Null.NULL));
        form.put("fields", config.getOrDefault("form", Value.Null.NULL));
        try {
            return new Outcome.Ask(ApprovalForm.of(new Value.MapOf(form)).toValue());
        } catch (IllegalArgumentException e) {
            throw TaskException.terminal("form: " + e.getMessage());
        }
    }
}
