package dev.sluice.tasks.table;

import java.util.ArrayList;
import java.util.List;

/**
 * Which type fits a column of texts, decided so that nothing is lost: numbers with leading zeros
 * and dates in any form but ISO 8601 stay text, integers beyond 64 bits become HUGEINT.
 */
enum ColumnTypes {
    /** Not trimmed, unlike the others: the CSV reader takes no blanks round a truth value. */
    BOOLEAN("lower(raw) IN ('true', 'false')"),
    BIGINT(
            "regexp_full_match(x, '[+-]?(0|[1-9][0-9]{0,18})')"
                    + " AND TRY_CAST(x AS BIGINT) IS NOT NULL"),
    HUGEINT("regexp_full_match(x, '[+-]?[1-9][0-9]{0,37}')"),
    DOUBLE(
            "regexp_full_match(x, '[+-]?((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?')"
                    + " OR lower(x) IN ('nan', 'inf', '-inf')"),
    DATE(
            "regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}')"
                    + " AND TRY_CAST(x AS DATE) IS NOT NULL"),
    TIMESTAMP(
            "regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}"
                    + "([.][0-9]{1,6})?)?') AND TRY_CAST(x AS TIMESTAMP) IS NOT NULL"),
    TIMESTAMPTZ(
            "regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}"
                    + "([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)')"
                    + " AND TRY_CAST(x AS TIMESTAMPTZ) IS NOT NULL");

    /** How many rows are looked at. A later value that does not fit makes a bad row. */
    static final int SAMPLE_ROWS = 100_000;

    private static final int TEXT = 1 << values().length;

    private final String test;

    ColumnTypes(String test) {
        this.test = test;
    }

    private int bit() {
        return 1 << ordinal();
    }

    private static boolean only(int kinds, ColumnTypes... allowed) {
        int mask = 0;
        for (ColumnTypes type : allowed) {
            mask |= type.bit();
        }
        return (kinds & ~mask) == 0;
    }

    /** A macro that {@link #query} uses: the kind of a text as a bit. */
    static String macro() {
        StringBuilder kind =
                new StringBuilder("CREATE OR REPLACE TEMP MACRO column_kind(raw, x) AS CASE");
        kind.append(" WHEN x IS NULL THEN 0");
        for (ColumnTypes type : values()) {
            kind.append(" WHEN ").append(type.test).append(" THEN ").append(type.bit());
        }
        return kind.append(" ELSE ").append(TEXT).append(" END").toString();
    }

    /**
     * One row with a number for each column, to be handed to {@link #of}.
     *
     * @param from what follows FROM: all columns VARCHAR
     */
    static String query(List<String> columns, String from) {
        List<String> kinds = new ArrayList<>();
        for (String column : columns) {
            String name = Sql.name(column);
            kinds.add("bit_or(column_kind(" + name + ", trim(" + name + ")))");
        }
        return "SELECT "
                + String.join(",\n", kinds)
                + " FROM (SELECT * FROM "
                + from
                + " LIMIT "
                + SAMPLE_ROWS
                + ")";
    }

    /**
     * @param kinds the bits of what a column holds
     * @return a DuckDB type name
     */
    static String of(int kinds) {
        if (kinds == 0 || (kinds & TEXT) != 0) {
            return "VARCHAR";
        }
        if (only(kinds, BOOLEAN)) {
            return "BOOLEAN";
        }
        if (only(kinds, BIGINT)) {
            return "BIGINT";
        }
        if (only(kinds, BIGINT, HUGEINT)) {
            return "HUGEINT";
        }
        if (only(kinds, BIGINT, HUGEINT, DOUBLE)) {
            return "DOUBLE";
        }
        if (only(kinds, DATE)) {
            return "DATE";
        }
        if (only(kinds, DATE, TIMESTAMP)) {
            return "TIMESTAMP";
        }
        return only(kinds, TIMESTAMPTZ) ? "TIMESTAMP WITH TIME ZONE" : "VARCHAR";
    }
}
