package dev.sluice.model.text;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML 1.2 text (so JSON too) as a tree that remembers where everything stands. The text is
 * hostile: its size, depth and what its aliases expand to are limited.
 */
public final class YamlText {
    /** The longest text that is read, in characters. */
    public static final int MAX_CHARS = 8 << 20;

    /** The longest line: beyond, the scanner's time grows with the square. */
    private static final int MAX_LINE_CHARS = 256 << 10;

    private YamlText() {}

    /**
     * @param root null if the text is empty or is not YAML, which the problems then say
     * @param problems in the order of the text
     */
    public record Parsed(@Nullable Node root, List<Problem> problems) {
        public Parsed {
            problems = problems.stream().sorted().toList();
        }
    }

    /** Reads one document; never throws for what the text holds. */
    public static Parsed parse(String text) {
        if (text.length() > MAX_CHARS) {
            return refused(
                    Mark.START,
                    "the text has "
                            + text.length()
                            + " characters (expected: at most "
                            + MAX_CHARS
                            + "); keep data in files and name them in the flow");
        }
        String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
        SourceLines lines = new SourceLines(clean);
        int tooLong = lines.firstLongerThan(MAX_LINE_CHARS);
        if (tooLong > 0) {
            return refused(
                    new Mark(tooLong, 1),
                    "a line of more than "
                            + MAX_LINE_CHARS
                            + " characters; break it, or keep data in a file and name that");
        }
        NodeComposer composer = new NodeComposer(clean, lines);
        try {
            Node root = composer.document();
            return new Parsed(root, composer.problems());
        } catch (NodeComposer.Refusal e) {
            return refused(e.problem().mark(), e.problem().message());
        } catch (MarkedYamlEngineException e) {
            return syntaxError(e, lines);
        } catch (ReaderException e) {
            return refused(
                    lines.markOf(e.getPosition()),
                    "the character U+%04X cannot stand in YAML (expected: printable text)"
                            .formatted(e.getCodePoint()));
        } catch (YamlEngineException e) {
            return refused(Mark.START, "YAML: " + firstLine(e.getMessage()));
        }
    }

    private static Parsed refused(Mark mark, String message) {
        return new Parsed(null, List.of(new Problem(mark, message)));
    }

    private static Parsed syntaxError(MarkedYamlEngineException e, SourceLines lines) {
        Mark mark = Mark.START;
        if (e.getProblemMark().isPresent()) {
            mark = mark(e.getProblemMark().get());
        }
        String hint = lines.quoteHint(mark.line());
        if (hint.isEmpty() && e.getContextMark().isPresent()) {
            hint = lines.quoteHint(mark(e.getContextMark().get()).line());
        }
        return refused(mark, (hint.isEmpty() ? "YAML: " : hint + "; YAML says: ") + plainWords(e));
    }

    private static Mark mark(org.snakeyaml.engine.v2.exceptions.Mark mark) {
        return new Mark(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String plainWords(MarkedYamlEngineException e) {
        String problem = firstLine(e.getProblem());
        if (problem.contains("(TAB)") || problem.contains("'\\t'")) {
            return "a tab cannot start a token (expected: spaces for indentation)";
        }
        if (problem.startsWith("mapping values are not allowed")) {
            return "a second \": \" on this line (expected: quotes round a text that holds one)";
        }
        String context = e.getContext() == null ? "" : firstLine(e.getContext());
        return context.isEmpty() ? problem : problem + ", " + context;
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("").strip();
    }
}
