package dev.sluice.tasks.table;

import dev.sluice.model.Value;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/**
 * A table as a workbook of one sheet. Excel's numbers are doubles and its days begin in 1900: what
 * they cannot hold exactly is written as text, as are lists and bytes.
 */
final class XlsxFile {
    /** ECMA-376: the largest sheet that Excel opens. */
    private static final int MOST_ROWS = 1_048_576;

    private static final int MOST_COLUMNS = 16_384;
    private static final int MOST_CHARACTERS = 32_767;
    private static final int FLUSHED_ROWS = 1_000;
    private static final long EXACT = 1L << 53;
    private static final LocalDate FIRST_DAY = LocalDate.of(1900, 3, 1);

    private XlsxFile() {}

    static void write(
            TaskContext context,
            DuckSession session,
            String from,
            List<Value.Column> columns,
            Path target)
            throws TaskException, InterruptedException, IOException {
        long rows =
                session.query(
                        "input", "SELECT count(*) FROM " + from, r -> r.next() ? r.getLong(1) : 0);
        if (rows >= MOST_ROWS || columns.size() > MOST_COLUMNS) {
            throw TaskException.terminal(
                    "input: "
                            + rows
                            + " rows and "
                            + columns.size()
                            + " columns do not fit a sheet (at most "
                            + (MOST_ROWS - 1)
                            + " rows under a header, "
                            + MOST_COLUMNS
                            + " columns); write CSV or Parquet");
        }
        List<String> values = new ArrayList<>();
        for (Value.Column column : columns) {
            String name = Sql.name(column.name());
            values.add(isText(column.type()) ? "CAST(" + name + " AS VARCHAR)" : name);
        }
        String query = "SELECT " + String.join(", ", values) + " FROM " + from;
        try {
            String tooLong =
                    session.query(
                            "input", query, result -> sheet(context, columns, result, target));
            if (!tooLong.isEmpty()) {
                throw TaskException.terminal(tooLong);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isText(String type) {
        return switch (type) {
            case "BOOLEAN",
                    "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT",
                    "FLOAT",
                    "DOUBLE",
                    "DATE",
                    "TIMESTAMP" ->
                    false;
            default -> !type.startsWith("DECIMAL");
        };
    }

    /**
     * @return what does not fit, or nothing
     */
    private static String sheet(
            TaskContext context, List<Value.Column> columns, ResultSet rows, Path target)
            throws SQLException {
        try (OutputStream out = Files.newOutputStream(target);
                Workbook book = new Workbook(out, "Sluice", "1.0")) {
            Worksheet sheet = book.newWorksheet("table");
            for (int c = 0; c < columns.size(); c++) {
                sheet.value(0, c, columns.get(c).name());
                sheet.style(0, c).bold().set();
            }
            sheet.freezePane(0, 1);
            int row = 1;
            for (; rows.next(); row++) {
                for (int c = 0; c < columns.size(); c++) {
                    Object value = cell(rows, c + 1, columns.get(c).type());
                    if (value instanceof String text && text.length() > MOST_CHARACTERS) {
                        return "input: row "
                                + row
                                + ", column "
                                + columns.get(c).name()
                                + ": "
                                + text.length()
                                + " characters do not fit a cell (at most "
                                + MOST_CHARACTERS
                                + "); write CSV or Parquet";
                    }
                    put(sheet, row, c, value);
                }
                if (row % FLUSHED_ROWS == 0) {
                    sheet.flush();
                    context.progress(Double.NaN, row + " rows");
                }
            }
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Object cell(ResultSet rows, int index, String type)
            throws SQLException {
        return switch (type) {
            case "DATE" -> {
                LocalDate day = rows.getObject(index, LocalDate.class);
                yield day == null || !day.isBefore(FIRST_DAY) && day.getYear() <= 9999
                        ? day
                        : day.toString();
            }
            case "TIMESTAMP" -> {
                LocalDateTime time = rows.getObject(index, LocalDateTime.class);
                yield time == null
                                || !time.toLocalDate().isBefore(FIRST_DAY) && time.getYear() <= 9999
                        ? time
                        : time.toString();
            }
            default -> exact(rows.getObject(index));
        };
    }

    /** Numbers that a double holds as they are; the others as text. */
    private static @Nullable Object exact(@Nullable Object value) {
        return switch (value) {
            case Double d -> Double.isFinite(d) ? d : d.toString();
            case Float f -> Float.isFinite(f) ? (Object) f.doubleValue() : f.toString();
            case Long l -> Math.abs(l) <= EXACT && l != Long.MIN_VALUE ? l : l.toString();
            case BigInteger i -> i.bitLength() <= 53 ? i : i.toString();
            case BigDecimal d -> d.precision() <= 15 ? d : d.toPlainString();
            case null -> null;
            default -> value;
        };
    }

    private static void put(Worksheet sheet, int row, int column, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case Boolean b -> sheet.value(row, column, b);
            case Number n -> sheet.value(row, column, n);
            case LocalDate day -> {
                sheet.value(row, column, day);
                sheet.style(row, column).format("yyyy-mm-dd").set();
            }
            case LocalDateTime time -> {
                sheet.value(row, column, time);
                sheet.style(row, column).format("yyyy-mm-dd hh:mm:ss").set();
            }
            default -> sheet.inlineString(row, column, value.toString());
        }
    }
}
