package dev.sluice.tasks.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.Resources;
import dev.sluice.spi.TaskException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a hostile query reaches. The statements go straight to the session, without the parser that
 * lets only one SELECT through: the engine itself has to hold.
 */
class ConfinementTest {
    @TempDir Path root;
    private Path work;
    private Path mine;
    private Path others;

    @BeforeEach
    void twoTenantsHaveAnArtifactEach() throws Exception {
        work = Files.createDirectories(root.resolve("a/work"));
        mine = Files.createDirectories(root.resolve("a/store")).resolve("1.parquet");
        others = Files.createDirectories(root.resolve("b/store")).resolve("2.parquet");
        for (Path file : List.of(mine, others)) {
            try (DuckSession session =
                    DuckSession.open(file.getParent(), Resources.DEFAULT, List.of())) {
                session.copy("test", "SELECT 42 AS secret", file);
            }
        }
        Files.writeString(root.resolve("b/secret.csv"), "a,b\n1,2\n");
        Files.writeString(root.resolve("b/secret.json"), "{\"a\": 1}\n");
        Files.copy(others, root.resolve("a/store/3.parquet"));
        Files.createSymbolicLink(work.resolve("link.csv"), root.resolve("b/secret.csv"));
        Files.createSymbolicLink(work.resolve("folder"), root.resolve("b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM read_csv('/etc/passwd', sep=':', auto_detect=true)",
                "FROM read_text('/etc/passwd')",
                "FROM read_blob('/etc/passwd')",
                "FROM read_text('ROOT/a/store/*')",
                "FROM glob('/etc/*')",
                "FROM glob('ROOT/**')",
                "FROM glob('ROOT/b/*')",
                "FROM sniff_csv('ROOT/b/secret.csv')",
                "FROM read_csv('ROOT/b/secret.csv')",
                "FROM 'ROOT/b/secret.csv'",
                "FROM read_json('ROOT/b/secret.json')",
                "FROM read_json_objects('ROOT/b/secret.json')",
                "FROM read_parquet('ROOT/b/store/2.parquet')",
                "FROM 'ROOT/b/store/2.parquet'",
                "FROM read_parquet(['ROOT/a/store/1.parquet', 'ROOT/b/store/2.parquet'])",
                "FROM read_parquet('ROOT/a/store/3.parquet')",
                "FROM read_parquet('ROOT/a/store/*.parquet')",
                "FROM parquet_metadata('ROOT/b/store/2.parquet')",
                "FROM parquet_schema('ROOT/b/store/2.parquet')",
                "FROM parquet_file_metadata('ROOT/b/store/2.parquet')",
                "FROM parquet_kv_metadata('ROOT/b/store/2.parquet')",
                "FROM read_text('ROOT/a/work/../../b/secret.csv')",
                "FROM read_text('ROOT/a/work/link.csv')",
                "FROM read_text('ROOT/a/work/folder/secret.csv')",
                "FROM read_text('file:///etc/passwd')",
                "FROM read_text('http://127.0.0.1:1/')",
                "FROM read_text('s3://bucket/key')",
                "COPY (SELECT 1) TO 'ROOT/b/out.csv'",
                "COPY (SELECT 1) TO 'ROOT/a/work/../out.csv'",
                "COPY (SELECT 1) TO 'ROOT/a/work/folder/out.csv'",
                "COPY (SELECT 1) TO 'ROOT/a/store/1.parquet' (FORMAT parquet)",
                "COPY (SELECT 1 AS a) TO 'ROOT/b/parts' (FORMAT parquet, PARTITION_BY (a))",
                "CREATE TABLE t AS FROM read_csv('ROOT/b/secret.csv')",
                "CREATE TABLE t (a INT, b INT); COPY t FROM 'ROOT/b/secret.csv'",
                "ATTACH 'ROOT/b/new.db' AS n",
                "ATTACH 'ROOT/b/store/2.parquet' AS n",
                "EXPORT DATABASE 'ROOT/b/export'",
                "IMPORT DATABASE 'ROOT/b'",
                "INSTALL httpfs",
                "LOAD httpfs",
                "LOAD 'ROOT/b/evil.duckdb_extension'",
                "SET memory_limit='100GB'",
                "SET threads=64",
                "SET GLOBAL enable_external_access=true",
                "SET enable_external_access=true",
                "SET lock_configuration=false",
                "RESET lock_configuration",
                "SET allowed_directories=['/']",
                "SET allowed_paths=['/etc/passwd']",
                "SET temp_directory='ROOT/b'",
                "SET home_directory='ROOT/b'",
                "SET secret_directory='ROOT/b'",
                "SET extension_directory='ROOT/b'",
                "SET autoload_known_extensions=true",
                "SET allow_unsigned_extensions=true",
                "SET TimeZone='Asia/Tokyo'",
                "SET log_query_path='ROOT/b/log'",
                "PRAGMA profiling_output='ROOT/b/profile'",
                "PRAGMA enable_profiling='json'",
                "CALL enable_logging(storage='file', storage_path='ROOT/b/log')",
                "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
                "SELECT getenv('HOME')"
            })
    void isRefused(String sql) throws Exception {
        try (DuckSession session = session()) {
            assertThatThrownBy(() -> session.execute("query", sql.replace("ROOT", root.toString())))
                    .isInstanceOf(TaskException.class);
            // The refusal changed nothing.
            assertThat(one(session, "SELECT secret FROM read_parquet(" + Sql.file(mine) + ")"))
                    .isEqualTo("42");
        }
        assertThat(root.resolve("b/out.csv")).doesNotExist();
        assertThat(root.resolve("a/out.csv")).doesNotExist();
        assertThat(root.resolve("b"))
                .isDirectoryNotContaining("glob:**{db,log,export,parts,profile}*");
    }

    @Test
    void whatIsItsOwnIsReached() throws Exception {
        try (DuckSession session = session()) {
            session.execute("query", "COPY (SELECT 1 AS a) TO " + Sql.file(work.resolve("x.csv")));
            assertThat(one(session, "SELECT a FROM " + Sql.file(work.resolve("x.csv"))))
                    .isEqualTo("1");
            assertThat(one(session, "SELECT current_setting('threads')")).isEqualTo("1");
            assertThat(one(session, "SELECT current_setting('TimeZone')")).isEqualTo("UTC");
        }
    }

    @Test
    void sessionsDoNotSeeEachOther() throws Exception {
        try (DuckSession one = session();
                DuckSession two = session()) {
            one.execute("query", "CREATE TABLE private AS SELECT 1 AS a");
            one.execute("query", "SET VARIABLE v = 'private'");
            assertThatThrownBy(() -> two.execute("query", "FROM private"))
                    .hasMessageContaining("private");
            assertThat(one(two, "SELECT getvariable('v') IS NULL")).isEqualTo("true");
        }
    }

    @Test
    void aRefusalSaysWhatToDoInstead() throws Exception {
        try (DuckSession session = session()) {
            assertThatThrownBy(() -> session.execute("query", "FROM read_text('/etc/passwd')"))
                    .hasMessageContaining("read files with table.read");
        }
    }

    private DuckSession session() throws TaskException, InterruptedException {
        return DuckSession.open(work, Resources.DEFAULT, List.of(mine));
    }

    private static String one(DuckSession session, String sql) throws Exception {
        return session.query("test", sql, r -> r.next() ? r.getString(1) : "nothing");
    }
}
