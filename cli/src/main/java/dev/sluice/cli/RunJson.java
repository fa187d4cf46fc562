package dev.sluice.cli;

import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A run as the one object that {@code --json} prints. */
final class RunJson {
    private RunJson() {}

    static String of(RunView view) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = ValueJson.generator(text)) {
            out.writeStartObject();
            out.writeStringProperty("run", view.run().toString());
            out.writeStringProperty("flow", view.flow().value());
            out.writeNumberProperty("version", view.version());
            out.writeStringProperty("state", view.state().name());
            out.writeNumberProperty("durationMillis", BigDecimal.valueOf(view.durationMicros(), 3));
            writeTime(out, "createdAt", view.createdMicros());
            writeTime(out, "endedAt", view.endedMicros());
            writeValues(out, "outputs", view.outputs());
            writeText(out, "error", view.error());
            out.writeArrayPropertyStart("tasks");
            view.tasks().forEach(task -> writeTask(out, task));
            out.writeEndArray();
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void writeTask(JsonGenerator out, RunView.TaskView task) {
        out.writeStartObject();
        out.writeStringProperty("id", task.path());
        out.writeStringProperty("type", task.type());
        out.writeStringProperty("state", task.state().name());
        out.writeNumberProperty("attempts", task.attempts());
        writeTime(out, "startedAt", task.startedMicros());
        writeTime(out, "endedAt", task.endedMicros());
        writeValues(out, "outputs", task.outputs());
        writeText(out, "error", task.error());
        if (task.reusedFrom() != null) {
            out.writeStringProperty("reusedFrom", task.reusedFrom().toString());
        }
        if (!task.metrics().isEmpty()) {
            out.writeObjectPropertyStart("metrics");
            task.metrics().forEach(out::writeNumberProperty);
            out.writeEndObject();
        }
        RunView.Items items = task.items();
        if (items != null) {
            out.writeObjectPropertyStart("items");
            out.writeNumberProperty("total", items.total());
            out.writeNumberProperty("succeeded", items.succeeded());
            out.writeNumberProperty("failed", items.failed());
            out.writeNumberProperty("skipped", items.skipped());
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void writeTime(JsonGenerator out, String name, long micros) {
        writeText(out, name, micros == 0 ? null : Texts.time(micros));
    }

    private static void writeText(JsonGenerator out, String name, @Nullable String text) {
        if (text == null) {
            out.writeNullProperty(name);
        } else {
            out.writeStringProperty(name, text);
        }
    }

    private static void writeValues(JsonGenerator out, String name, Map<String, Value> values) {
        out.writeName(name);
        ValueJson.writePlain(out, new Value.MapOf(values));
    }
}
