package dev.sluice.graph;

import dev.sluice.model.Flow;
import dev.sluice.model.Node;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The one line on a card that says what the task does, taken from its text alone. */
final class Doing {
    private static final int LINE_MAX_CHARS = 120;

    private Doing() {}

    /** Empty where the text says nothing that fits a line. */
    static String of(Flow.Task task) {
        Node.Map config = task.config();
        String line =
                switch (task.type()) {
                    case "sql" -> firstLine(text(config, "query"), "--");
                    case "python", "shell", "node" -> code(config);
                    case "value" -> keys(config.find("value"));
                    case "table.read" -> text(config, "from");
                    case "table.write" -> "to " + text(config, "to");
                    case "table.validate" -> rules(config);
                    case "http" -> method(config) + " " + text(config, "url");
                    case "report" -> heading(text(config, "template"));
                    case "wait" -> waiting(config);
                    case "approval" -> asking(config);
                    case "flow" -> "runs " + text(config, "flow");
                    case "fail" -> firstLine(text(config, "message"), "#");
                    case String _ -> firstScalar(config);
                };
        return clip(withoutBraces(line));
    }

    private static String code(Node.Map config) {
        String file = text(config, "file");
        if (!file.isEmpty()) {
            return file;
        }
        String script = text(config, "script").strip();
        String first = script.lines().findFirst().orElse("");
        if (first.startsWith("#") && !first.startsWith("#!")) {
            return first.replaceFirst("^#+\\s*", "");
        }
        long lines = script.lines().count();
        return lines == 1 ? first : lines + " lines";
    }

    private static String keys(@Nullable Node node) {
        return node instanceof Node.Map map
                ? map.entries().stream().map(Node.Entry::key).collect(Collectors.joining(", "))
                : "";
    }

    private static String rules(Node.Map config) {
        int count = config.find("rules") instanceof Node.Seq seq ? seq.items().size() : 0;
        String what = count == 1 ? "1 rule" : count + " rules";
        String then = text(config, "on_violation");
        return then.isEmpty() ? what : what + ", else " + then;
    }

    private static String method(Node.Map config) {
        String method = text(config, "method");
        return method.isEmpty() ? "GET" : method;
    }

    /** The template's first words, without the markup of HTML, Markdown or Mustache round them. */
    private static String heading(String template) {
        return template.lines()
                .map(l -> l.replaceAll("<[^>]*>|\\{\\{[^}]*}}}?", "").replaceFirst("^#+\\s*", ""))
                .filter(l -> !l.isBlank())
                .findFirst()
                .orElse("");
    }

    private static String waiting(Node.Map config) {
        String until = text(config, "until");
        return until.isEmpty() ? "for " + text(config, "for") : "until " + until;
    }

    private static String asking(Node.Map config) {
        String form = keys(config.find("form"));
        return form.isEmpty() ? "asks a person" : "asks for " + form;
    }

    private static String firstScalar(Node.Map config) {
        for (Node.Entry entry : config.entries()) {
            if (entry.value() instanceof Node.Scalar scalar) {
                return entry.key() + ": " + firstLine(scalar.text(), "#");
            }
        }
        return "";
    }

    private static String text(Node.Map config, String key) {
        return config.find(key) instanceof Node.Scalar scalar ? scalar.text() : "";
    }

    private static String firstLine(String text, String comment) {
        List<String> lines =
                text.lines()
                        .map(String::strip)
                        .filter(l -> !l.isEmpty() && !l.startsWith(comment))
                        .limit(3)
                        .toList();
        return String.join(" ", lines);
    }

    /** An expression without its brackets: on a card they are noise. */
    private static String withoutBraces(String line) {
        return line.replaceAll("\\$\\{\\{\\s*(.*?)\\s*}}", "$1");
    }

    private static String clip(String line) {
        String flat = line.replaceAll("\\s+", " ").strip();
        int end =
                flat.offsetByCodePoints(
                        0, Math.min(LINE_MAX_CHARS, flat.codePointCount(0, flat.length())));
        return flat.substring(0, end);
    }
}
