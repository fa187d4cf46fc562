package dev.sluice.tasks.http;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** Calls an HTTP service and returns what it answers. */
final class HttpTask implements TaskType {
    /** For tasks without a timeout. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final int ERROR_EXCERPT_BYTES = 2000;

    private static final List<Key> KEYS =
            List.of(
                    Key.required(
                            "url",
                            KeyType.STRING,
                            Expressions.INLINE,
                            "Where to call: an http or https URL."),
                    Key.choice(
                            "method",
                            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
                            "GET if left out, or POST if there is a body."),
                    Key.optional(
                            "headers",
                            KeyType.MAP,
                            Expressions.INLINE,
                            "Header names and texts; secrets belong here."),
                    Key.optional(
                            "body",
                            KeyType.ANY,
                            Expressions.INLINE,
                            "Text as it is, a file's bytes, or anything else as JSON."),
                    Key.optional(
                            "save_as",
                            KeyType.STRING,
                            Expressions.INLINE,
                            "A file name: the answer becomes the output `file` instead of `body`."),
                    Key.optional(
                            "allow_status",
                            KeyType.LIST,
                            Expressions.INLINE,
                            "Statuses from 400 that are not failures, such as [404]."),
                    Key.optional(
                            "follow_redirects",
                            KeyType.BOOLEAN,
                            Expressions.NONE,
                            "False to return a redirect as the answer; true if left out."));

    private final Exchange exchange;

    HttpTask(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public String summary() {
        return "Calls an HTTP service.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public Shape shape(Node.Map config) {
        List<Problem> problems = new ArrayList<>();
        if (config.find("url") instanceof Node.Scalar url && !url.text().contains("${{")) {
            try {
                Target.of(url.text());
            } catch (TaskException e) {
                problems.add(new Problem(url.mark(), String.valueOf(e.getMessage())));
            }
        }
        if (config.find("save_as") instanceof Node.Scalar name
                && !name.text().contains("${{")
                && !Call.isFileName(name.text())) {
            problems.add(new Problem(name.mark(), Call.badFileName(name.text())));
        }
        if (config.find("allow_status") instanceof Node.Seq statuses) {
            for (Node status : statuses.items()) {
                if (status instanceof Node.Scalar scalar
                        && !scalar.text().contains("${{")
                        && !(scalar.value() instanceof Value.Int(long number)
                                && number >= 400
                                && number <= 599)) {
                    problems.add(new Problem(status.mark(), Call.badStatus(scalar.value())));
                }
            }
        }
        Map<String, ValueType> outputs = new LinkedHashMap<>();
        outputs.put("status", ValueType.INTEGER);
        outputs.put("headers", ValueType.MAP);
        if (config.find("save_as") == null) {
            outputs.put("body", ValueType.ANY);
        } else {
            outputs.put("file", ValueType.FILE);
        }
        return new Shape(outputs, false, Set.of(), problems);
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        Call call = Call.of(context);
        Duration remaining = context.remaining();
        Duration limit =
                remaining == null || remaining.compareTo(LONGEST) > 0 ? LONGEST : remaining;
        return new Outcome.Succeeded(
                exchange.send(
                        call, limit, (response, from) -> outputs(call, response, from, context)));
    }

    private static Map<String, Value> outputs(
            Call call, ClassicHttpResponse response, Target from, TaskContext context)
            throws IOException, TaskException {
        int status = response.getCode();
        context.log(call.method() + " " + from.origin() + " -> " + status);
        if (status >= 400 && !call.allowStatus().contains(status)) {
            throw refusal(response, from, context);
        }
        Answer answer = new Answer(response, from, context);
        Map<String, Value> outputs = new LinkedHashMap<>();
        outputs.put("status", Value.of(status));
        outputs.put("headers", answer.headers());
        if (call.saveAs() == null) {
            outputs.put("body", answer.value());
        } else {
            outputs.put("file", answer.file(call.saveAs()));
        }
        return outputs;
    }

    private static TaskException refusal(
            ClassicHttpResponse response, Target from, TaskContext context) throws IOException {
        int status = response.getCode();
        String excerpt = new Answer(response, from, context).excerpt(ERROR_EXCERPT_BYTES);
        if (!excerpt.isEmpty()) {
            context.log("it said: " + excerpt);
        }
        String message = "http: " + from.origin() + " answered " + status;
        boolean isPassing = status >= 500 || status == 429 || status == 408;
        return isPassing
                ? TaskException.retryable(message)
                : TaskException.terminal(
                        message
                                + " (expected: below 400; allow_status: ["
                                + status
                                + "] takes it as an answer)");
    }
}
