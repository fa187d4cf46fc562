package dev.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApprovalFormTest {
    private final ApprovalForm form =
            new ApprovalForm(
                    "release",
                    "",
                    List.of("ana"),
                    Map.of(
                            "limit",
                            ApprovalForm.field(
                                    "limit",
                                    Value.ofJava(
                                            Map.of("type", "integer", "choices", List.of(1, 5)))),
                            "note",
                            ApprovalForm.field(
                                    "note",
                                    Value.ofJava(Map.of("type", "string", "default", "none")))));

    @Test
    void aFullAnswerIsTakenAndDefaultsFillTheRest() {
        Map<String, Value> answer = Map.of("approved", Value.of(true), "limit", Value.of(5));

        assertThat(form.check(answer)).isEmpty();
        assertThat(form.outputs("ana", answer))
                .containsEntry("approved", Value.of(true))
                .containsEntry("by", Value.of("ana"))
                .containsEntry("limit", Value.of(5))
                .containsEntry("note", Value.of("none"));
    }

    @Test
    void whoDeclinesNeedNotFillTheFieldsIn() {
        Map<String, Value> answer = Map.of("approved", Value.of(false));

        assertThat(form.check(answer)).isEmpty();
        assertThat(form.outputs("ana", answer)).containsEntry("limit", Value.Null.NULL);
    }

    @Test
    void everyMistakeOfAnAnswerIsTold() {
        assertThat(
                        form.check(
                                Map.of(
                                        "approved",
                                        Value.of("yes"),
                                        "limit",
                                        Value.of(7),
                                        "nots",
                                        Value.of(1))))
                .containsExactly(
                        "approved: yes (expected: true or false)",
                        "limit: 7 (expected one of: 1, 5)",
                        "nots: the form has no such field; did you mean \"note\"?");
        assertThat(form.check(Map.of("approved", Value.of(true))))
                .containsExactly("limit: missing (expected: integer)");
        assertThat(form.check(Map.of("approved", Value.of(true), "limit", Value.of("5"))))
                .containsExactly("limit: 5 is a string (expected: integer)");
    }

    @Test
    void aHugeAnswerMakesNoHugeMessage() {
        String huge = "x".repeat(1_000_000);
        Map<String, Value> answer =
                Map.of("approved", Value.of(true), "limit", Value.of(huge), huge, Value.of(1));

        assertThat(form.check(answer)).hasSize(2).allMatch(m -> m.length() < 250);
    }

    @Test
    void theValueFormReadsBack() {
        assertThat(ApprovalForm.of(form.toValue())).isEqualTo(form);
    }

    @Test
    void aFieldMayNotHideTheDecision() {
        assertThatThrownBy(() -> ApprovalForm.field("approved", Value.of("boolean")))
                .hasMessageContaining("choose another");
        assertThatThrownBy(() -> ApprovalForm.field("x", Value.of("colour")))
                .hasMessageContaining("colour");
    }
}
