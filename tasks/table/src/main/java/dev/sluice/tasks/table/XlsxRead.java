package dev.sluice.tasks.table;

import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ExcelReaderException;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.jspecify.annotations.Nullable;

/**
 * One sheet of a workbook on its way to Parquet, by way of a {@link RowFile} of texts. A column's
 * type is what all of its cells are: numbers without fraction BIGINT, others DOUBLE, truth values,
 * days DATE, times TIMESTAMP; mixed ones are text. A cell that holds an error, such as {@code
 * #N/A}, makes its row a bad one.
 */
final class XlsxRead {
    private enum Kind {
        INTEGER,
        NUMBER,
        BOOLEAN,
        DAY,
        TIME,
        TEXT
    }

    private final TaskContext context;
    private final Source source;
    private final ReadOptions options;
    private final List<Set<Kind>> kinds = new ArrayList<>();
    private List<String> names = List.of();

    XlsxRead(TaskContext context, Source source, ReadOptions options) {
        this.context = context;
        this.source = source;
        this.options = options;
    }

    Reading reading() throws TaskException, InterruptedException {
        Path rows = context.workDir().resolve("rows.ndjson");
        Path rejected = context.workDir().resolve("rejected.ndjson");
        long most = context.resources().diskBytes();
        try (ReadableWorkbook book =
                        new ReadableWorkbook(
                                source.file().toFile(), new ReadingOptions(true, true));
                RowWriter writer = new RowWriter(rows, rejected, most);
                Stream<Row> stream = sheet(book).openStream()) {
            read(stream.iterator(), writer);
        } catch (IOException | ExcelReaderException e) {
            String reason =
                    String.valueOf(e.getMessage()).replace(source.file().toString(), source.name());
            throw TaskException.terminal(
                    "from: \"" + source.name() + "\" is no readable workbook: " + reason);
        }
        Map<String, String> wires = new LinkedHashMap<>();
        Map<String, String> types = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            wires.put(names.get(i), "VARCHAR");
            types.put(names.get(i), type(kinds.get(i)));
        }
        options.checkColumns(names, source.name());
        types.putAll(options.columns());
        RowFile file = new RowFile(rows, rejected, wires, types, options.columns().keySet());
        return new Reading(file.good(), file.badRows());
    }

    private Sheet sheet(ReadableWorkbook book) throws TaskException {
        String wanted = options.sheet();
        if (wanted == null) {
            return book.getFirstSheet();
        }
        List<String> there = book.getSheets().map(Sheet::getName).toList();
        return book.findSheet(wanted)
                .orElseThrow(() ->
                        TaskException.terminal(
                                "sheet: \""
                                        + wanted
                                        + "\" is not in \""
                                        + source.name()
                                        + "\" (it has: "
                                        + Text.list(there)
                                        + ")"));
    }

    private void read(Iterator<Row> rows, RowWriter writer)
            throws IOException, TaskException, InterruptedException {
        while (rows.hasNext()) {
            Row row = rows.next();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (row.stream().anyMatch(XlsxRead::isFilled)) {
                if (names.isEmpty()) {
                    boolean data = head(row);
                    if (!data) {
                        continue;
                    }
                }
                row(row, writer);
            }
        }
        if (names.isEmpty()) {
            throw TaskException.terminal("from: \"" + source.name() + "\" has no rows");
        }
    }

    /**
     * Takes the first row's names, or its width.
     *
     * @return whether the row is data as well
     */
    private boolean head(Row row) {
        List<String> raw = new ArrayList<>();
        int width = row.getCellCount();
        while (width > 0 && !isFilled(row.getCell(width - 1))) {
            width--;
        }
        for (int i = 0; i < width; i++) {
            Cell cell = row.getCell(i);
            String text = options.header() && isFilled(cell) ? text(cell, kind(cell)) : "";
            raw.add(text == null ? "" : text);
            kinds.add(EnumSet.noneOf(Kind.class));
        }
        List<String> notes = new ArrayList<>();
        names = CsvHead.unique(raw, notes);
        if (options.header()) {
            notes.forEach(context::log);
        }
        return !options.header();
    }

    private void row(Row row, RowWriter writer) throws IOException {
        List<@Nullable String> values = new ArrayList<>();
        List<Kind> found = new ArrayList<>();
        String wrong = "";
        for (int i = 0; i < Math.max(names.size(), row.getCellCount()); i++) {
            Cell cell = i < row.getCellCount() ? row.getCell(i) : null;
            Kind kind = Kind.TEXT;
            String value = null;
            if (cell != null && isFilled(cell)) {
                kind = kind(cell);
                value = text(cell, kind);
                if (cell.getType() == CellType.ERROR) {
                    wrong = "cell " + cell.getAddress() + " holds the error " + value;
                } else if (i >= names.size()) {
                    wrong = "expected " + names.size() + " cells, found " + (i + 1);
                }
            }
            values.add(value != null && options.nulls().contains(value) ? null : value);
            found.add(kind);
        }
        if (!wrong.isEmpty()) {
            List<String> shown = values.stream().map(v -> v == null ? "" : v).toList();
            writer.reject(row.getRowNum(), String.join("\t", shown), wrong);
            return;
        }
        for (int i = 0; i < names.size(); i++) {
            if (values.get(i) != null) {
                kinds.get(i).add(found.get(i));
            }
        }
        writer.row(row.getRowNum(), names, values);
    }

    private static boolean isFilled(@Nullable Cell cell) {
        return cell != null && cell.getType() != CellType.EMPTY && cell.getValue() != null;
    }

    private static Kind kind(Cell cell) {
        return switch (cell.getValue()) {
            case Boolean _ -> Kind.BOOLEAN;
            case BigDecimal number -> {
                String format = cell.getDataFormatString();
                if (format != null && isOfTime(format)) {
                    boolean day = cell.asDate().toLocalTime().equals(LocalTime.MIDNIGHT);
                    yield day ? Kind.DAY : Kind.TIME;
                }
                boolean whole =
                        number.stripTrailingZeros().scale() <= 0 && number.precision() <= 18;
                yield whole ? Kind.INTEGER : Kind.NUMBER;
            }
            default -> Kind.TEXT;
        };
    }

    /** A number format with a letter of date or time outside quotes, brackets and escapes. */
    private static boolean isOfTime(String format) {
        String bare = format.replaceAll("\"[^\"]*\"|\\[[^\\]]*\\]|\\\\.|_.", "");
        return !bare.equalsIgnoreCase("General") && bare.matches("(?i).*[ymdhs].*");
    }

    private static String text(Cell cell, Kind kind) {
        return switch (kind) {
            case DAY -> cell.asDate().toLocalDate().toString();
            case TIME -> seconds(cell.asDate());
            case INTEGER, NUMBER ->
                    cell.getValue() instanceof BigDecimal number
                            ? number.stripTrailingZeros().toPlainString()
                            : cell.getText();
            case BOOLEAN -> String.valueOf(cell.getValue());
            case TEXT ->
                    cell.getType() == CellType.ERROR
                            ? String.valueOf(cell.getRawValue())
                            : String.valueOf(cell.getValue());
        };
    }

    /** Excel's times are fractions of a day in a double: good to a millisecond, not beyond. */
    private static String seconds(LocalDateTime time) {
        long millis = Math.round(time.getNano() / 1e6);
        return time.withNano(0).plusNanos(millis * 1_000_000).toString();
    }

    private static String type(Set<Kind> kinds) {
        if (kinds.isEmpty()) {
            return "VARCHAR";
        }
        if (EnumSet.of(Kind.INTEGER).containsAll(kinds)) {
            return "BIGINT";
        }
        if (EnumSet.of(Kind.INTEGER, Kind.NUMBER).containsAll(kinds)) {
            return "DOUBLE";
        }
        if (EnumSet.of(Kind.BOOLEAN).containsAll(kinds)) {
            return "BOOLEAN";
        }
        if (EnumSet.of(Kind.DAY).containsAll(kinds)) {
            return "DATE";
        }
        return EnumSet.of(Kind.DAY, Kind.TIME).containsAll(kinds) ? "TIMESTAMP" : "VARCHAR";
    }
}
