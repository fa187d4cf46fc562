package dev.sluice.tasks.table;

import java.util.Collection;

/** Words for messages. */
final class Text {
    private static final int MOST = 20;

    private Text() {}

    /** The first of them, separated by commas. */
    static String list(Collection<String> names) {
        String shown = String.join(", ", names.stream().limit(MOST).toList());
        return names.size() > MOST ? shown + ", … " + names.size() + " in all" : shown;
    }
}
