package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Problem;
import dev.sluice.model.text.FlowText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The model lists DuckDB's reserved words without DuckDB: here they are compared. */
class ReservedWordsTest {
    @Test
    void noTaskIsCalledWhatTheBundledDuckDbReservesAndNothingElseIsRefused() throws Exception {
        TreeSet<String> missing = new TreeSet<>();
        TreeSet<String> needless = new TreeSet<>();
        try (Connection connection = Duck.connect();
                Statement statement = connection.createStatement();
                ResultSet words =
                        statement.executeQuery(
                                "SELECT keyword_name, bool_or(keyword_category = 'reserved')"
                                        + " FROM duckdb_keywords() GROUP BY ALL")) {
            while (words.next()) {
                String word = words.getString(1);
                List<Problem> problems =
                        FlowText.parse(
                                        "id: f\ntasks:\n  "
                                                + word
                                                + ": {type: value, value: {x: 1}}\n")
                                .problems();
                if (words.getBoolean(2) && problems.isEmpty()) {
                    missing.add(word);
                }
                if (!words.getBoolean(2)
                        && problems.stream().anyMatch(p -> p.message().contains("in SQL"))) {
                    needless.add(word);
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(needless).isEmpty();
    }
}
