package dev.sluice.tasks.table;

/**
 * How a file becomes a table.
 *
 * @param rows the query whose result is the table
 * @param badRows the query for what did not fit, to be asked after the first has run: columns
 *     row_number, text, reason
 */
record Reading(String rows, String badRows) {
    /** Where every row fits, or the first query fails. */
    static final String NO_BAD_ROWS =
            "SELECT NULL::BIGINT AS row_number, NULL::VARCHAR AS text, NULL::VARCHAR AS reason"
                    + " WHERE false";
}
