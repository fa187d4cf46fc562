package dev.sluice.model;

/** The declared type of an input or output. */
public enum ValueType {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    LIST,
    MAP,
    FILE,
    TABLE,
    ANY;

    /** The word in the flow format. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * Whether a value may stand where this type is declared; an integer is a number, null is
     * nothing but ANY.
     */
    public boolean accepts(Value value) {
        return switch (this) {
            case STRING -> value instanceof Value.Text;
            case INTEGER -> value instanceof Value.Int;
            case NUMBER -> value instanceof Value.Int || value instanceof Value.Dec;
            case BOOLEAN -> value instanceof Value.Bool;
            case LIST -> value instanceof Value.ListOf;
            case MAP -> value instanceof Value.MapOf;
            case FILE -> value instanceof Value.Artifact;
            case TABLE -> value instanceof Value.Artifact a && a.isTable();
            case ANY -> true;
        };
    }
}
