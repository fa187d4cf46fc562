package dev.sluice.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A flow's text as a tree that remembers where everything stands. Aliases are already followed. */
public sealed interface Node {
    Mark mark();

    /** "a map", "a list" or "a text", for messages. */
    default String kind() {
        return switch (this) {
            case Scalar _ -> "a single value";
            case Seq _ -> "a list";
            case Map _ -> "a map";
        };
    }

    /**
     * A single value.
     *
     * @param value what YAML's core schema makes of it: Null, Bool, Int, Dec or Text
     * @param text the characters, unquoted and unescaped
     * @param plain whether it was written without quotes or block style
     * @param places where parts of the text stand, by rising offset; empty if that is not known
     *     beyond {@code mark}
     */
    record Scalar(Mark mark, Value value, String text, boolean plain, List<Place> places)
            implements Node {
        public Scalar {
            places = List.copyOf(places);
        }

        public Scalar(Mark mark, Value value, String text, boolean plain) {
            this(mark, value, text, plain, plain ? List.of(new Place(0, mark)) : List.of());
        }

        /** Where this character of the text stands in the file, as exactly as is known. */
        public Mark markAt(int offset) {
            int low = 0;
            int high = places.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (places.get(middle).offset() <= offset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if (low == 0) {
                return mark;
            }
            Place place = places.get(low - 1);
            return place.mark().plusColumns(offset - place.offset());
        }
    }

    /**
     * From this offset of a scalar's text on, each character is one column in the file.
     *
     * @param offset into the text, from 0
     */
    record Place(int offset, Mark mark) {}

    record Seq(Mark mark, List<Node> items) implements Node {
        public Seq {
            items = List.copyOf(items);
        }
    }

    /** A mapping in the order of the text; its keys are distinct. */
    record Map(Mark mark, List<Entry> entries) implements Node {
        public Map {
            entries = List.copyOf(entries);
        }

        public @Nullable Node find(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }
    }

    /**
     * @param mark where the key stands
     */
    record Entry(Mark mark, String key, Node value) {}

    /** The tree without its places. */
    default Value toValue() {
        return switch (this) {
            case Scalar s -> s.value();
            case Seq s -> new Value.ListOf(s.items().stream().map(Node::toValue).toList());
            case Map m -> {
                java.util.Map<String, Value> entries = new java.util.LinkedHashMap<>();
                m.entries().forEach(e -> entries.put(e.key(), e.value().toValue()));
                yield new Value.MapOf(entries);
            }
        };
    }
}
