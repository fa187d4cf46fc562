package dev.sluice.tasks.table;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows on their way to Parquet that are not CSV: an NDJSON file in the attempt's folder, one object
 * a row, in which {@link #NUMBER} is the row's number in the original. A row is bad if a value does
 * not fit the type that the user gave its column.
 *
 * @param rejected what could not become a row: NDJSON of row_number, text, reason
 * @param wires the columns' types as they stand in the file
 * @param types the columns' types as they shall be
 * @param given the columns whose types are the user's
 */
record RowFile(
        Path rows,
        Path rejected,
        Map<String, String> wires,
        Map<String, String> types,
        Set<String> given) {
    /** No column is called so, since names are trimmed. */
    static final String NUMBER = " row ";

    private static final String OPTIONS =
            ", format='newline_delimited', maximum_object_size=67108864, columns={";

    private String scan() {
        Map<String, String> read = new LinkedHashMap<>();
        read.put(NUMBER, "BIGINT");
        read.putAll(wires);
        given.forEach(name -> read.put(name, "JSON"));
        List<String> columns = new ArrayList<>();
        read.forEach((name, type) -> columns.add(Sql.text(name) + ": " + Sql.text(type)));
        return "read_json(" + Sql.file(rows) + OPTIONS + String.join(", ", columns) + "})";
    }

    /** A given column's value as text, whatever JSON it is. */
    private static String text(String name) {
        return "(" + Sql.name(name) + "->>'$')";
    }

    private String unfit(String name) {
        return "("
                + text(name)
                + " IS NOT NULL AND TRY_CAST("
                + text(name)
                + " AS "
                + types.get(name)
                + ") IS NULL)";
    }

    private String bad() {
        return given.isEmpty()
                ? "false"
                : String.join(" OR ", given.stream().map(this::unfit).toList());
    }

    /** The rows whose values fit. */
    String good() {
        List<String> values = new ArrayList<>();
        types.forEach((name, type) -> {
            String value = given.contains(name) ? text(name) : Sql.name(name);
            values.add("CAST(" + value + " AS " + type + ") AS " + Sql.name(name));
        });
        return "SELECT "
                + String.join(", ", values)
                + " FROM "
                + scan()
                + " WHERE NOT ("
                + bad()
                + ")";
    }

    /** Columns row_number, text, reason. */
    String badRows() {
        List<String> reasons = new ArrayList<>();
        reasons.add("'; '");
        for (String name : given) {
            String is = Sql.text("\" is no " + types.get(name));
            reasons.add(
                    "CASE WHEN "
                            + unfit(name)
                            + " THEN "
                            + Sql.text("column \"" + name + "\": \"")
                            + (" || " + text(name) + " || " + is + " END"));
        }
        List<String> fields = new ArrayList<>();
        wires.keySet().forEach(name -> fields.add(Sql.text(name) + ", " + Sql.name(name)));
        String unfit =
                "SELECT "
                        + Sql.name(NUMBER)
                        + " AS row_number, json_object("
                        + String.join(", ", fields)
                        + ")::VARCHAR AS text, concat_ws("
                        + String.join(", ", reasons)
                        + ") AS reason FROM "
                        + scan()
                        + " WHERE "
                        + bad();
        String refused =
                "FROM read_json("
                        + Sql.file(rejected)
                        + OPTIONS
                        + "'row_number': 'BIGINT', 'text': 'VARCHAR', 'reason': 'VARCHAR'})";
        return (reasons.size() == 1 ? refused : "(" + unfit + ") UNION ALL (" + refused + ")")
                + " ORDER BY row_number";
    }
}
