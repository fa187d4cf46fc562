package dev.sluice.tasks.document;

import dev.sluice.model.Digest;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes one HTML document of values, tables and charts. */
final class ReportTask implements TaskType {
    private static final int TEMPLATE_BYTES_MAX = 2 << 20;
    private static final int ROWS = 20;

    private static final List<Key> KEYS =
            List.of(
                    Key.optional(
                            "template",
                            KeyType.STRING,
                            Expressions.NONE,
                            "An HTML file in the flow's folder, or the HTML itself; shows"
                                    + " everything if left out."),
                    Key.choice("format", List.of("html"), "The document's format: html."),
                    Key.optional(
                            "heading",
                            KeyType.STRING,
                            Expressions.INLINE,
                            "The document's title; the task's title or id if left out."),
                    Key.optional(
                            "charts",
                            KeyType.MAP,
                            Expressions.INLINE,
                            "Charts by name, each a map of type (bar, line, scatter, histogram),"
                                    + " table, x, y, by, title, x_title, y_title, bins."),
                    Key.optional(
                            "rows",
                            KeyType.INTEGER,
                            Expressions.NONE,
                            "How many rows of a table to show, 1 to 1000; 20 if left out."));

    /** A table that an inline template names. */
    private static final Pattern NAMED =
            Pattern.compile(
                    "\\{\\{[{#^&]?\\s*(?:table|rows)\\.([a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)*)");

    @Override
    public String name() {
        return "report";
    }

    @Override
    public String summary() {
        return "Makes an HTML document of values, tables and charts.";
    }

    @Override
    public List<Key> keys() {
        return KEYS;
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public boolean heavy() {
        return true;
    }

    @Override
    public Shape shape(Node.Map config) {
        List<Problem> problems = new ArrayList<>();
        Set<String> tables = new LinkedHashSet<>();
        if (config.find("charts") instanceof Node.Map charts) {
            for (Node.Entry entry : charts.entries()) {
                if (hasExpression(entry.value())) {
                    continue;
                }
                try {
                    tables.add(Chart.of(entry.key(), entry.value().toValue()).table());
                } catch (IllegalArgumentException e) {
                    problems.add(new Problem(entry.mark(), String.valueOf(e.getMessage())));
                }
            }
        }
        if (config.find("template") instanceof Node.Scalar template && isInline(template.text())) {
            Matcher named = NAMED.matcher(template.text());
            while (named.find()) {
                tables.add(named.group(1));
            }
        }
        if (config.find("rows") instanceof Node.Scalar rows
                && rows.value() instanceof Value.Int(long count)
                && !isRowCount(count)) {
            problems.add(new Problem(rows.mark(), badRowCount(count)));
        }
        return new Shape(Map.of("report", ValueType.FILE), false, tables, problems);
    }

    private static boolean hasExpression(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.text().contains("${{");
            case Node.Seq seq -> seq.items().stream().anyMatch(ReportTask::hasExpression);
            case Node.Map map -> map.entries().stream().anyMatch(e -> hasExpression(e.value()));
        };
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        String id = context.task().substring(context.task().lastIndexOf('/') + 1);
        String title = heading(context, id);
        Report report = new Report(title, new Inputs(context), charts(context), rows(context));
        String template = template(context);
        String content =
                template == null
                        ? report.withoutTemplate()
                        : ReportTemplate.render(template, report.names());
        Path file = context.workDir().resolve(id + ".html");
        try {
            Files.write(file, Page.of(title, content).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw TaskException.retryable("report: cannot be written: " + e.getMessage());
        }
        return new Outcome.Succeeded(
                Map.of("report", context.store(file, "text/html", id + ".html", null)));
    }

    private static String heading(TaskContext context, String id) {
        if (context.config().get("heading") instanceof Value.Text text) {
            return text.value();
        }
        if (!context.title().isBlank() && !context.title().equals(id)) {
            return context.title();
        }
        return id.substring(0, 1).toUpperCase(Locale.ROOT) + id.substring(1).replace('_', ' ');
    }

    private static Map<String, Chart> charts(TaskContext context) throws TaskException {
        Map<String, Chart> charts = new LinkedHashMap<>();
        try {
            Chart.named(context.config().get("charts"))
                    .forEach((name, chart) -> charts.put(name, Chart.of(name, chart)));
        } catch (IllegalArgumentException e) {
            throw TaskException.terminal(String.valueOf(e.getMessage()));
        }
        return charts;
    }

    private static int rows(TaskContext context) throws TaskException {
        if (!(context.config().get("rows") instanceof Value.Int(long count))) {
            return ROWS;
        }
        if (!isRowCount(count)) {
            throw TaskException.terminal(badRowCount(count));
        }
        return (int) count;
    }

    private static boolean isRowCount(long count) {
        return count >= 1 && count <= 1000;
    }

    private static String badRowCount(long count) {
        return "rows: " + count + " (expected: 1 to 1000)";
    }

    private static boolean isInline(String template) {
        return template.contains("\n") || template.contains("<") || template.contains("{{");
    }

    private static @Nullable String template(TaskContext context) throws TaskException {
        if (!(context.config().get("template") instanceof Value.Text(String template))) {
            return null;
        }
        if (isInline(template)) {
            return template;
        }
        Path file = context.file(template);
        try {
            if (Files.size(file) > TEMPLATE_BYTES_MAX) {
                throw TaskException.terminal("template: \"" + template + "\" is larger than 2 MiB");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw TaskException.terminal(
                    "template: there is no file \""
                            + template
                            + "\" (expected: a path in the flow's folder, or the HTML itself)");
        } catch (IOException e) {
            throw TaskException.terminal(
                    "template: \"" + template + "\" cannot be read as UTF-8 text");
        }
    }

    @Override
    public String fingerprint(TaskContext context) throws TaskException {
        String template = template(context);
        String read = context.title() + "\0" + (template == null ? "" : template);
        return Digest.of(read.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
