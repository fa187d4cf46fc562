package dev.sluice.tasks.table;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first records of a CSV file (RFC 4180, with any delimiter): what DuckDB's own sniffing would
 * guess at, skipping lines it cannot place, is decided here by rules that can be told.
 *
 * @param records the first records, the header among them
 * @param mixed whether its lines end in more than one way
 */
record CsvHead(char delimiter, List<List<String>> records, boolean mixed) {
    private static final int MOST_CHARACTERS = 4 << 20;
    private static final int MOST_RECORDS = 200;
    private static final int MOST_GUESSED = 20;
    private static final String DELIMITERS = ",;\t|";

    /**
     * @param delimiter null to find out: comma, semicolon, tab or bar
     */
    static CsvHead read(Path utf8, @Nullable Character delimiter) throws IOException {
        char[] head = new char[MOST_CHARACTERS];
        int length = 0;
        // Malformed bytes become U+FFFD here; DuckDB reports them with their row.
        try (Reader in =
                new InputStreamReader(Files.newInputStream(utf8), StandardCharsets.UTF_8)) {
            int read = 0;
            while (length < head.length && read >= 0) {
                read = in.read(head, length, Math.min(1 << 16, head.length - length));
                length += Math.max(0, read);
            }
        }
        int start = length > 0 && head[0] == '\uFEFF' ? 1 : 0;
        String text = new String(head, start, length - start);
        char used = delimiter != null ? delimiter : guess(text);
        return new CsvHead(used, records(text, used), mixed(text));
    }

    private static boolean mixed(String text) {
        boolean quoted = false;
        boolean feed = false;
        boolean both = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '"';
            if (c == '\n' && !quoted) {
                boolean returned = i > 0 && text.charAt(i - 1) == '\r';
                both |= returned;
                feed |= !returned;
            }
        }
        return both && feed;
    }

    /** The delimiter under which most records are as wide as the first, then the widest. */
    private static char guess(String text) {
        char best = ',';
        long bestScore = 0;
        for (char candidate : DELIMITERS.toCharArray()) {
            List<List<String>> sample = records(text, candidate, MOST_GUESSED);
            int width = sample.isEmpty() ? 0 : sample.getLast().size();
            long alike = sample.stream().filter(r -> r.size() == width).count();
            long score = width < 2 ? 0 : alike * MOST_CHARACTERS + width;
            if (score > bestScore) {
                bestScore = score;
                best = candidate;
            }
        }
        return best;
    }

    private static List<List<String>> records(String text, char delimiter) {
        return records(text, delimiter, MOST_RECORDS);
    }

    private static List<List<String>> records(String text, char delimiter, int most) {
        List<List<String>> records = new ArrayList<>();
        List<String> record = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length() && records.size() < most; i++) {
            char c = text.charAt(i);
            if (quoted) {
                boolean doubled = c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (c == '"' && !doubled) {
                    quoted = false;
                } else {
                    field.append(c);
                    i += doubled ? 1 : 0;
                }
            } else if (c == '"' && field.isEmpty()) {
                quoted = true;
            } else if (c == delimiter) {
                record.add(field.toString());
                field.setLength(0);
            } else if (c == '\n' || c == '\r') {
                end(records, record, field);
                record = new ArrayList<>();
            } else {
                field.append(c);
            }
        }
        if (records.size() < most) {
            end(records, record, field);
        }
        return records;
    }

    /** Blank lines are no records. */
    private static void end(List<List<String>> records, List<String> record, StringBuilder field) {
        if (!record.isEmpty() || !field.isEmpty()) {
            record.add(field.toString());
            records.add(record);
        }
        field.setLength(0);
    }

    /**
     * Names for the columns: trimmed; {@code column_3} where there is none; {@code name_2} where a
     * name comes again, in whatever case. If every record has exactly one field more than the
     * header, the header lacks a name for the first column: R and pandas write row names so.
     *
     * @param notes told of every name that is not as in the file
     */
    List<String> names(boolean header, List<String> notes) {
        List<String> raw = new ArrayList<>();
        List<List<String>> data = header ? records.subList(1, records.size()) : records;
        if (header) {
            raw.addAll(records.getFirst());
            int width = raw.size() + 1;
            if (!data.isEmpty() && data.stream().allMatch(record -> record.size() == width)) {
                raw.addFirst("");
                notes.add(
                        "the rows have one field more than the header: the first column has no"
                                + " name there");
            }
        } else {
            records.getFirst().forEach(_ -> raw.add(""));
        }
        return unique(raw, header ? notes : new ArrayList<>());
    }

    /** Trimmed, never empty, and no two alike in any case. */
    static List<String> unique(List<String> raw, List<String> notes) {
        Set<String> taken = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            String trimmed = raw.get(i).strip();
            String base = trimmed.isEmpty() ? "column_" + (i + 1) : trimmed;
            String name = base;
            for (int n = 2; !taken.add(name.toLowerCase(Locale.ROOT)); n++) {
                name = base + "_" + n;
            }
            names.add(name);
            if (!name.equals(trimmed)) {
                notes.add(
                        trimmed.isEmpty()
                                ? "column " + (i + 1) + " has no name: called " + name
                                : "column name " + trimmed + " comes again: called " + name);
            }
        }
        return names;
    }
}
