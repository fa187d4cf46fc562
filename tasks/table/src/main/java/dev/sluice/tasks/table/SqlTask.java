package dev.sluice.tasks.table;

import dev.sluice.model.Mark;
import dev.sluice.model.Node;
import dev.sluice.model.Outcome;
import dev.sluice.model.Problem;
import dev.sluice.model.Value;
import dev.sluice.model.ValueType;
import dev.sluice.spi.TaskContext;
import dev.sluice.spi.TaskException;
import dev.sluice.spi.TaskType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code sql}: one SELECT over the tables it names; its result is a table. */
final class SqlTask implements TaskType {
    private static final Map<String, ValueType> OUTPUTS =
            Map.of(Shape.DEFAULT_OUTPUT, ValueType.TABLE, "rows", ValueType.INTEGER);

    private final SqlParser parser;

    SqlTask(SqlParser parser) {
        this.parser = parser;
    }

    @Override
    public String name() {
        return "sql";
    }

    @Override
    public String summary() {
        return "Runs one SELECT over the tables it names.";
    }

    @Override
    public List<Key> keys() {
        return List.of(
                Key.required(
                        "query",
                        KeyType.STRING,
                        Expressions.PARTS,
                        "One SELECT of DuckDB's SQL. The tables in it are tasks (`task`) and their"
                                + " outputs (`task.output`); an expression is one value, never"
                                + " text of the query."));
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public boolean heavy() {
        return true;
    }

    @Override
    public Shape shape(Node.Map config) {
        if (!(config.find("query") instanceof Node.Scalar scalar)) {
            return Shape.of(OUTPUTS);
        }
        return switch (check(SqlText.written(scalar.text()))) {
            case SqlParser.Parsed.Select select ->
                    new Shape(OUTPUTS, false, select.tables(), List.of());
            case SqlParser.Parsed.Opaque _ -> Shape.of(OUTPUTS);
            case SqlParser.Parsed.Wrong wrong ->
                    new Shape(OUTPUTS, false, Set.of(), List.of(problem(scalar, wrong)));
        };
    }

    /** The query parsed, and every hole where a value may stand. */
    private SqlParser.Parsed check(SqlText text) {
        SqlParser.Parsed parsed = parser.parse(text.parsable());
        return switch (parsed) {
            case SqlParser.Parsed.Wrong _ -> parsed;
            case SqlParser.Parsed.Opaque _ -> opaque(text);
            case SqlParser.Parsed.Select select -> holes(text, select);
        };
    }

    /** PIVOT may stand in brackets as any query may; what changes something may not. */
    private SqlParser.Parsed opaque(SqlText text) {
        String bare = text.parsable().strip().replaceAll("[;\\s]+$", "");
        if (parser.parse("FROM (\n" + bare + "\n)") instanceof SqlParser.Parsed.Wrong) {
            return new SqlParser.Parsed.Wrong("expected one SELECT and nothing else", -1);
        }
        return text.holeCount() == 0
                ? new SqlParser.Parsed.Opaque()
                : new SqlParser.Parsed.Wrong(
                        "a PIVOT cannot hold expressions; hand them over with inputs: and read"
                                + " them with getvariable('name')",
                        -1);
    }

    private static SqlParser.Parsed holes(SqlText text, SqlParser.Parsed.Select select) {
        List<Integer> offsets = text.parameterOffsets();
        for (int i = 0; i < offsets.size(); i++) {
            if (!offsets.get(i).equals(select.parameters().get("p" + i))) {
                return new SqlParser.Parsed.Wrong(
                        "expression "
                                + (i + 1)
                                + " stands inside quotes or a comment; an expression is a whole"
                                + " value, so write it without quotes round it, and join texts"
                                + " with ||",
                        -1);
            }
        }
        if (select.parameters().size() != offsets.size()) {
            return new SqlParser.Parsed.Wrong(
                    "a parameter ($name or ?) that nothing fills; write an expression or"
                            + " getvariable('name') instead",
                    -1);
        }
        return select;
    }

    private static Problem problem(Node.Scalar scalar, SqlParser.Parsed.Wrong wrong) {
        Mark mark = scalar.mark();
        String where = "";
        if (wrong.offset() >= 0) {
            int written = SqlText.written(scalar.text()).writtenOffset(wrong.offset());
            String head = scalar.text().substring(0, written);
            int line = (int) head.chars().filter(c -> c == '\n').count();
            int column = written - (head.lastIndexOf('\n') + 1);
            if (scalar.plain() && line == 0) {
                mark = mark.plusColumns(column);
            } else {
                where = " (line " + (line + 1) + ", column " + (column + 1) + " of the query)";
            }
        }
        return new Problem(mark, "query: " + wrong.message() + where);
    }

    @Override
    public Outcome run(TaskContext context) throws TaskException, InterruptedException {
        Value config = context.config().getOrDefault("query", Value.Null.NULL);
        SqlText text = SqlText.resolved(config);
        if (check(text) instanceof SqlParser.Parsed.Wrong wrong) {
            throw TaskException.terminal("query: " + wrong.message());
        }
        String query = withoutSemicolon(text.filled(SqlText.holes(config)));
        Path target = context.workDir().resolve("table.parquet");
        try (DuckSession session = TableInputs.open(context)) {
            Value.TableInfo info =
                    session.copyWritten("query", query, target, text.holeCount() == 0);
            Value.Artifact table =
                    context.store(target, Value.Artifact.PARQUET, "table.parquet", info);
            return new Outcome.Succeeded(
                    Map.of(Shape.DEFAULT_OUTPUT, table, "rows", Value.of(info.rows())));
        }
    }

    /**
     * A query goes in brackets, where no semicolon may stand. What follows the last one is cut off
     * if DuckDB sees no difference: so it was neither inside a string nor a name.
     */
    private String withoutSemicolon(String query) {
        String text = query.strip();
        SqlParser.Parsed whole = parser.parse(text);
        for (int cut = text.lastIndexOf(';'); cut >= 0; cut = text.lastIndexOf(';')) {
            boolean same =
                    whole instanceof SqlParser.Parsed.Select select
                            ? parser.parse(text.substring(0, cut))
                                            instanceof SqlParser.Parsed.Select shorter
                                    && shorter.ast().equals(select.ast())
                            : cut == text.length() - 1;
            if (!same) {
                break;
            }
            text = text.substring(0, cut).stripTrailing();
        }
        return text;
    }
}
