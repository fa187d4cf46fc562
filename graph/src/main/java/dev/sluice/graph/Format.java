package dev.sluice.graph;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a flow's picture is written. */
public enum Format {
    /** One self-contained picture for light and dark surroundings. */
    SVG,
    /** A Mermaid flowchart, which many wikis and code hosts draw by themselves. */
    MERMAID,
    /** Graphviz. */
    DOT,
    /** Tasks, groups and edges as data, without positions. */
    JSON;

    /** The word on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format of this word, or null. */
    public static @Nullable Format find(String word) {
        for (Format format : values()) {
            if (format.word().equals(word)) {
                return format;
            }
        }
        return null;
    }
}
