package dev.sluice.runtime;

import dev.sluice.model.ApprovalForm;
import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import dev.sluice.runtime.RefusedException.Reason;
import java.util.List;
import java.util.Map;

/** Judges an answer to a waiting approval. */
final class Approvals {
    private Approvals() {}

    /** The task's outputs: {@code approved}, {@code by} and the form's fields. */
    static Map<String, Value> outputs(RunView.TaskView task, String by, Map<String, Value> answer)
            throws RefusedException {
        if (task.form() == null) {
            throw new RefusedException(
                    Reason.CONFLICT,
                    "task \"" + task.path() + "\" is " + task.state() + " and waits for no answer");
        }
        ApprovalForm form = ApprovalForm.of(task.form());
        List<String> faults = form.check(answer);
        if (!faults.isEmpty()) {
            throw new RefusedException(Reason.INVALID, String.join("\n", faults));
        }
        return form.outputs(by, answer);
    }
}
