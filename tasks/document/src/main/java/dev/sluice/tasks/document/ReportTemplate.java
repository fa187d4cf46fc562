package dev.sluice.tasks.document;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A logic-less template (the Mustache language). Whatever it shows is escaped, with two braces and
 * with three: only markup that this module made, {@link Html}, is left as it is. It reaches maps
 * and lists, never Java objects, and no file but itself.
 */
final class ReportTemplate {
    private static final int OUTPUT_CHARS_MAX = 32 << 20;
    private static final Pattern UNKNOWN = Pattern.compile("field with name '([^']*)'");
    private static final Pattern LINE = Pattern.compile("line (\\d+)");

    private ReportTemplate() {}

    /**
     * @throws TaskException if the template cannot be read or names what is not there
     */
    static String render(String template, Map<String, ?> names)
            throws TaskException, InterruptedException {
        Bounded out = new Bounded();
        try {
            compiler().compile(template).execute(names, out);
        } catch (MustacheException e) {
            throw explained(e, names);
        } catch (StackOverflowError e) {
            // The library recurses into sections, and a template may have any number of them.
            throw TaskException.terminal("template: its sections lie too deep in each other");
        }
        return out.text();
    }

    private static Mustache.Compiler compiler() {
        return Mustache.compiler()
                .escapeHTML(false)
                .withFormatter(ReportTemplate::shown)
                .nullValue("")
                .emptyStringIsFalse(true)
                .withLoader(name -> {
                    throw new IOException(
                            "a report is one template; {{> " + name + "}} is not allowed");
                })
                .withCollector(new PlainData());
    }

    private static String shown(Object value) {
        return switch (value) {
            case Html html -> html.markup();
            case Lookup lookup -> shown(lookup.found());
            case Long n -> Long.toString(n);
            case Double n -> Html.escape(Numbers.significant(n, 6));
            case Object other -> Html.escape(Cells.text(plain(other)));
        };
    }

    private static Value plain(Object java) {
        try {
            return Value.ofJava(java);
        } catch (IllegalArgumentException e) {
            return Value.of(java.toString());
        }
    }

    /**
     * Looks into maps and lists only: the library would otherwise call any method of any object.
     */
    private static final class PlainData extends BasicCollector {
        @Override
        public @Nullable Iterator<?> toIterator(Object value) {
            return super.toIterator(
                    value instanceof Lookup lookup && lookup.isWhole() ? lookup.found() : value);
        }

        @Override
        public Mustache.VariableFetcher createFetcher(Object context, String name) {
            return context instanceof Map<?, ?> || context instanceof Mustache.CustomContext
                    ? super.createFetcher(context, name)
                    : name.equals(".") || name.equals("this")
                            ? (value, _) -> value
                            : (_, _) -> com.samskivert.mustache.Template.NO_FETCHER_FOUND;
        }

        @Override
        public <K, V> Map<K, V> createFetcherCache() {
            return new HashMap<>();
        }
    }

    private static final class Bounded extends Writer {
        private final StringBuilder out = new StringBuilder();

        @Override
        public void write(char[] chars, int from, int length) throws IOException {
            if (out.length() + length > OUTPUT_CHARS_MAX) {
                throw new IOException(
                        "the document exceeds " + (OUTPUT_CHARS_MAX >> 20) + " million characters");
            }
            out.append(chars, from, length);
        }

        String text() {
            return out.toString();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static TaskException explained(MustacheException e, Map<String, ?> names)
            throws InterruptedException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof TaskException failure) {
                return failure;
            }
            if (cause instanceof RuntimeException bug && !(cause instanceof MustacheException)) {
                throw bug;
            }
            if (cause instanceof IOException refused) {
                return TaskException.terminal("template: " + refused.getMessage());
            }
            if (cause instanceof InterruptedException) {
                throw new InterruptedException();
            }
        }
        String said = String.valueOf(e.getMessage());
        Matcher unknown = UNKNOWN.matcher(said);
        if (!unknown.find()) {
            return TaskException.terminal("template: " + said);
        }
        Matcher line = LINE.matcher(said);
        return TaskException.terminal(
                "template: "
                        + (line.find() ? "line " + line.group(1) + ": " : "")
                        + "\""
                        + unknown.group(1)
                        + "\" is not there (expected one of: "
                        + String.join(", ", new java.util.TreeSet<>(names.keySet()))
                        + ", or what is under them)");
    }
}
