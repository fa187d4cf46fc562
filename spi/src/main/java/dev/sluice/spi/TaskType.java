package dev.sluice.spi;

import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a kind of task is and does. One instance serves all tasks of its type, from many threads at
 * once.
 *
 * <p>Checking a flow calls {@link #keys} and {@link #shape} and never runs anything.
 */
public interface TaskType {
    /** The word after {@code type:}, such as {@code table.read}. */
    String name();

    /**
     * Raised when the same config and inputs may now give other outputs: it is part of the cache
     * key.
     */
    default int version() {
        return 1;
    }

    /** One sentence for pickers and docs. */
    String summary();

    /** The keys it knows beside those of every task; anything else is an error. */
    List<Key> keys();

    /**
     * Whether equal config and inputs give equal outputs, so that {@code cache: true} is allowed.
     */
    default boolean repeatable() {
        return false;
    }

    /**
     * Whether an attempt works a processor or takes much memory, so that only as many run at once
     * as the machine has slots. A type that mostly waits, or is done at once, is not.
     */
    default boolean heavy() {
        return false;
    }

    /**
     * What can be known of a task from its text: the outputs it will have, the tables it reads by
     * name, and mistakes that the keys' types cannot tell. Runs nothing.
     *
     * @param config the type's keys as written, already checked against {@link #keys}
     */
    Shape shape(Node.Map config);

    /**
     * Runs one attempt, on a virtual thread of its own, until it has a result.
     *
     * @throws TaskException if it fails
     * @throws InterruptedException if it was cancelled or ran out of time
     */
    Outcome run(TaskContext context) throws TaskException, InterruptedException;

    /**
     * What else decides the outputs beside config and inputs: the content of a file it reads, the
     * interpreter's version. Part of the cache key; called only for tasks with {@code cache: true}.
     */
    default String fingerprint(TaskContext context) throws TaskException {
        return "";
    }

    /**
     * A key of a task type.
     *
     * @param choices the allowed texts; empty for any
     */
    record Key(
            String name,
            KeyType type,
            boolean required,
            Expressions expressions,
            List<String> choices,
            String doc) {
        public Key {
            choices = List.copyOf(choices);
        }

        public static Key required(String name, KeyType type, Expressions expressions, String doc) {
            return new Key(name, type, true, expressions, List.of(), doc);
        }

        public static Key optional(String name, KeyType type, Expressions expressions, String doc) {
            return new Key(name, type, false, expressions, List.of(), doc);
        }

        public static Key choice(String name, List<String> choices, String doc) {
            return new Key(name, KeyType.STRING, false, Expressions.NONE, choices, doc);
        }
    }

    /**
     * What may stand after a key. ANY takes everything, MAP and LIST may hold expressions inside.
     */
    enum KeyType {
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN,
        DURATION,
        LIST,
        MAP,
        ANY
    }

    /** What {@code ${{ }}} means in a key. */
    enum Expressions {
        /**
         * Not allowed: code and choices. The message says to hand the value over with {@code
         * inputs:} or {@code env:}.
         */
        NONE,
        /** A lone expression keeps its type; text around it makes a string. */
        INLINE,
        /**
         * The value arrives as a list, text and expression results in turn (text first, even if
         * empty), so that results are bound as parameters and can never be read as code.
         */
        PARTS
    }

    /**
     * @param outputs name to type, as far as they are known; the name {@link #DEFAULT_OUTPUT} is
     *     the table or file that the task's own id stands for
     * @param open whether it may have outputs beside these, known only when it has run
     * @param tables the tables it reads by name, {@code task} or {@code task.output}, each an edge
     *     if a task has that name
     * @param problems mistakes, with their places
     */
    record Shape(
            Map<String, ValueType> outputs,
            boolean open,
            Set<String> tables,
            List<Problem> problems) {
        /**
         * The output that {@code tasks.x} itself stands for in SQL and in {@code sluice.rows("x")}.
         */
        public static final String DEFAULT_OUTPUT = "table";

        public Shape {
            outputs = Map.copyOf(outputs);
            tables = Set.copyOf(tables);
            problems = List.copyOf(problems);
        }

        public static Shape of(Map<String, ValueType> outputs) {
            return new Shape(outputs, false, Set.of(), List.of());
        }
    }
}
