package dev.sluice.graph;

import dev.sluice.graph.Diagram.Box;
import dev.sluice.graph.Diagram.Card;
import dev.sluice.graph.Diagram.Link;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The graph as data: {@code {flow, title, tasks: [{id, title, type, group, does, badges, state}],
 * groups: [{id, title, group}], edges: [{from, to, kind, outputs}]}}. {@code id} is the path {@code
 * group/task}; {@code group} and {@code state} are null where there is none.
 */
final class Json {
    private Json() {}

    static String write(Diagram diagram) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json =
                new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("flow", diagram.id());
            json.writeStringProperty("title", diagram.title());
            tasks(diagram, json);
            groups(diagram, json);
            edges(diagram, json);
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static void tasks(Diagram diagram, JsonGenerator json) {
        json.writeArrayPropertyStart("tasks");
        for (Card card : diagram.cards()) {
            json.writeStartObject();
            json.writeStringProperty("id", card.path());
            json.writeStringProperty("title", card.title());
            json.writeStringProperty("type", card.type());
            json.writeName("group");
            group(diagram, card.box(), json);
            json.writeStringProperty("does", card.does());
            texts(json, "badges", card.badges());
            json.writeName("state");
            if (card.state() == null) {
                json.writeNull();
            } else {
                json.writeString(card.state().name());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void groups(Diagram diagram, JsonGenerator json) {
        json.writeArrayPropertyStart("groups");
        for (Box box : diagram.boxes()) {
            json.writeStartObject();
            json.writeStringProperty("id", box.path());
            json.writeStringProperty("title", box.title());
            json.writeName("group");
            group(diagram, box.parent(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void edges(Diagram diagram, JsonGenerator json) {
        json.writeArrayPropertyStart("edges");
        for (Link link : diagram.links()) {
            json.writeStartObject();
            json.writeStringProperty("from", diagram.cards().get(link.from()).path());
            json.writeStringProperty("to", diagram.cards().get(link.to()).path());
            json.writeStringProperty("kind", link.kind().name().toLowerCase(Locale.ROOT));
            texts(json, "outputs", link.outputs());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void group(Diagram diagram, int box, JsonGenerator json) {
        if (box < 0) {
            json.writeNull();
        } else {
            json.writeString(diagram.boxes().get(box).path());
        }
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }
}
