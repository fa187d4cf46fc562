package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Outcome;
import dev.sluice.model.Value;
import dev.sluice.spi.TaskException;
import dev.sluice.testkit.FakeTaskContext;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstSliceTest {
    @TempDir Path root;

    @Test
    void aFileIsReadAndQueried() throws Exception {
        FakeTaskContext read = new FakeTaskContext(root).with("from", "people.csv");
        read.flowFile("people.csv", "id,name ,age,zip\n1,Ada,36,0123\n2,Bob,,9\n");
        Value.Artifact table = table(new TableReadTask().run(read));
        assertThat(table.table().rows()).isEqualTo(2);
        assertThat(table.table().columns())
                .containsExactly(
                        new Value.Column("id", "BIGINT"),
                        new Value.Column("name", "VARCHAR"),
                        new Value.Column("age", "BIGINT"),
                        new Value.Column("zip", "VARCHAR"));

        FakeTaskContext sql =
                new FakeTaskContext(root)
                        .with("query", "SELECT count(*) AS n, sum(age) AS s FROM people;")
                        .input("people", table);
        Value.Artifact result = table(new SqlTask(new SqlParser()).run(sql));
        assertThat(result.table().rows()).isEqualTo(1);
    }

    @Test
    void aBadRowIsReportedWithItsNumber() {
        FakeTaskContext read = new FakeTaskContext(root).with("from", "bad.csv");
        read.flowFile("bad.csv", "a,b\n1,2\n3\n4,5,6\n");
        assertThatThrownBy(() -> new TableReadTask().run(read))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("2 bad rows in \"bad.csv\": row 3: ");
    }

    @Test
    void aSqlErrorTellsThePlaceInTheQuery() {
        FakeTaskContext sql =
                new FakeTaskContext(root).with("query", "SELECT 1 AS one\nWHERE nope = 2");
        assertThatThrownBy(() -> new SqlTask(new SqlParser()).run(sql))
                .isInstanceOf(TaskException.class)
                .hasMessageContaining("\"nope\"")
                .hasMessageContaining("(line 2, column 7 of the query)");
    }

    static Value.Artifact table(Outcome outcome) {
        Map<String, Value> outputs = ((Outcome.Succeeded) outcome).outputs();
        return (Value.Artifact) outputs.get("table");
    }
}
