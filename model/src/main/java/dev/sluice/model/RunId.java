package dev.sluice.model;

/**
 * One execution of a flow: a positive 63-bit number whose upper 43 bits are milliseconds since
 * 2020-01-01 and whose lower 20 bits tell runs of one millisecond apart. So ids sort by creation,
 * fit an integer key, and a listing by id is a listing by age. Written as 13 characters of
 * Crockford's base 32 (no i, l, o, u), lower case.
 *
 * @param value positive
 */
public record RunId(long value) implements Comparable<RunId> {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final long EPOCH_MILLIS = 1_577_836_800_000L;
    private static final int LENGTH = 13;

    /** How many low bits tell runs of one millisecond apart. */
    public static final int SEQUENCE_BITS = 20;

    public RunId {
        if (value <= 0) {
            throw new IllegalArgumentException("run id: " + value + " (expected: > 0)");
        }
    }

    /** The id of a run created at this time; {@code sequence} is taken modulo 2^20. */
    public static RunId of(long epochMillis, long sequence) {
        return new RunId(
                ((epochMillis - EPOCH_MILLIS) << SEQUENCE_BITS)
                        | (sequence & ((1L << SEQUENCE_BITS) - 1)));
    }

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if the text is not 13 characters of the alphabet
     */
    public static RunId parse(String text) {
        if (text.length() != LENGTH) {
            throw malformed(text);
        }
        long value = 0;
        for (int i = 0; i < LENGTH; i++) {
            int digit = ALPHABET.indexOf(text.charAt(i));
            if (digit < 0 || (i == 0 && digit > 7)) {
                throw malformed(text);
            }
            value = (value << 5) | digit;
        }
        return new RunId(value);
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "run id: \""
                        + text
                        + "\" (expected: 13 characters such as 06f3k9x2m7q1a, as `sluice runs ls` shows)");
    }

    @Override
    public int compareTo(RunId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        char[] text = new char[LENGTH];
        long rest = value;
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (rest & 31));
            rest >>>= 5;
        }
        return new String(text);
    }
}
