package dev.sluice.tasks.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A document that needs nothing beside itself: its style is inside, and it may load nothing. */
final class Page {
    /** Even a template that names a script or another site gets neither. */
    private static final String POLICY =
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                    + " style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none';"
                    + " form-action 'none'\">\n";

    private static final Pattern HEAD =
            Pattern.compile("<head(\\s[^>]*)?>", Pattern.CASE_INSENSITIVE);
    private static final Pattern HTML =
            Pattern.compile("<html(\\s[^>]*)?>", Pattern.CASE_INSENSITIVE);

    private static final Pattern HEADING = Pattern.compile("<h1[\\s>]", Pattern.CASE_INSENSITIVE);

    private Page() {}

    /**
     * The content as a whole document, headed by the title unless it has a heading of its own; if
     * it is a document already, as it is, with policy and styles.
     */
    static String of(String title, String content) {
        Matcher html = HTML.matcher(content);
        if (!html.find()) {
            return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    + POLICY
                    + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    + "<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
                    + Html.escape(title)
                    + "</title>\n<style>\n"
                    + resource("parts.css")
                    + resource("page.css")
                    + "</style>\n</head>\n<body>\n<main>\n"
                    + (HEADING.matcher(content).find()
                            ? ""
                            : "<header><h1>" + Html.escape(title) + "</h1></header>\n")
                    + content
                    + "</main>\n</body>\n</html>\n";
        }
        String inside =
                "\n<meta charset=\"utf-8\">\n"
                        + POLICY
                        + "<style>\n"
                        + resource("parts.css")
                        + "</style>\n";
        Matcher head = HEAD.matcher(content);
        return head.find()
                ? content.substring(0, head.end()) + inside + content.substring(head.end())
                : content.substring(0, html.end())
                        + "<head>"
                        + inside
                        + "</head>"
                        + content.substring(html.end());
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
