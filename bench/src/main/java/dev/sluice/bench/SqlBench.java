package dev.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/**
 * An {@code sql} task, from its run's submission to the durable end, and bare DuckDB with the same
 * query, threads and memory over the same file, in turn. Bare DuckDB writes the same kind of
 * Parquet and, as the task does before it calls its output kept, waits until the bytes are on the
 * disk; a third kind of pair leaves it all its own defaults and does not wait.
 */
final class SqlBench {
    private static final int ROUNDS = 4;

    /** Of what is written. */
    private static final int ROWS_PER_GIGABYTE = 23_000_000;

    private static final String QUERY =
            "SELECT *, n * 2 AS n2, upper(name) AS u FROM raw WHERE n >= 100";
    private static final String SAME =
            "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd," + " COMPRESSION_LEVEL 1";
    private static final String DEFAULTS = "FORMAT parquet";

    private final Path folder;
    private final PrintStream out;
    private final int threads = Runtime.getRuntime().availableProcessors();

    SqlBench(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /** What one way of doing it cost. */
    private static final class Costs {
        final double[] seconds = new double[ROUNDS];
        final double[] cpu = new double[ROUNDS];
    }

    private interface Work {
        void run() throws Exception;
    }

    void sql(double gigabytes) throws Exception {
        Path input = Files.createDirectories(folder.resolve("sql")).resolve("raw.parquet");
        Path target = folder.resolve("bare.parquet");
        make(input, Math.round(gigabytes * ROWS_PER_GIGABYTE));
        try (LocalRuns runs = new LocalRuns(folder.resolve("sql"))) {
            runs.save(flow());
            RunView first = ended(runs.start("big").get());
            Costs task = new Costs();
            Costs same = new Costs();
            Costs defaults = new Costs();
            for (int i = -1; i < ROUNDS; i++) {
                // Each comes first in turn: what one leaves in the page cache the next one pays.
                for (int turn = 0; turn < 3; turn++) {
                    switch ((i + 1 + turn) % 3) {
                        case 0 -> time(task, i, () -> ended(runs.again(first.run(), "big")));
                        case 1 -> time(same, i, () -> sync(bare(input, target, SAME)));
                        case 2 -> time(defaults, i, () -> bare(input, target, DEFAULTS));
                        default -> throw new AssertionError();
                    }
                }
            }
            bare(input, target, SAME);
            out.printf("Reads %,d bytes, writes %,d.%n%n", Files.size(input), Files.size(target));
            print(task, same, defaults);
        }
    }

    private void print(Costs task, Costs same, Costs defaults) {
        Table table = Table.ofFigures(out);
        table.figure("sql task, submit to durable end, s", "", task.seconds);
        table.figure("bare DuckDB, the same Parquet, synced, s", "", same.seconds);
        table.figure("ratio, median of pairs", "1.05", ratios(task.seconds, same.seconds));
        table.figure("ratio of CPU time", "", ratios(task.cpu, same.cpu));
        table.figure("bare DuckDB, its defaults, not synced, s", "", defaults.seconds);
        table.figure("ratio to that", "", ratios(task.seconds, defaults.seconds));
    }

    private static double[] ratios(double[] above, double[] below) {
        double[] ratios = new double[above.length];
        for (int i = 0; i < above.length; i++) {
            ratios[i] = above[i] / below[i];
        }
        return ratios;
    }

    private static void time(Costs costs, int round, Work work) throws Exception {
        long cpu = cpuNanos();
        long begin = System.nanoTime();
        work.run();
        if (round >= 0) {
            costs.seconds[round] = (System.nanoTime() - begin) / 1e9;
            costs.cpu[round] = (cpuNanos() - cpu) / 1e9;
        }
    }

    private String flow() {
        return """
        id: big
        tasks:
          raw: {type: table.read, from: raw.parquet, resources: {cpu: %d, memory: 4Gi, disk: 20Gi}}
          big:
            type: sql
            query: %s
            resources: {cpu: %d, memory: 4Gi, disk: 20Gi}
        """
                .formatted(threads, QUERY, threads);
    }

    private static RunView ended(RunView view) {
        if (view.state() != RunState.SUCCEEDED) {
            throw new IllegalStateException("the run ended " + view.state() + ": " + view.error());
        }
        return view;
    }

    private static Connection connect() throws SQLException {
        Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        if (connection == null) {
            throw new IllegalStateException("DuckDB does not know its own address");
        }
        return connection;
    }

    private static void make(Path input, long rows) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT i AS id, hash(i) AS h, (hash(i + 1) % 100000)::INTEGER AS n,"
                            + " random() AS x, 'name ' || (hash(i) % 1000000) AS name,"
                            + " DATE '2020-01-01' + (i % 2000)::INTEGER AS day, md5(i::VARCHAR) AS m"
                            + " FROM range("
                            + rows
                            + ") t(i)) TO '"
                            + input
                            + "'");
        }
    }

    private Path bare(Path input, Path target, String form) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET threads=" + threads + "; SET memory_limit='4GiB'");
            statement.execute("CREATE VIEW raw AS FROM read_parquet('" + input + "')");
            statement.execute("COPY (" + QUERY + ") TO '" + target + "' (" + form + ")");
        }
        return target;
    }

    private static void sync(Path file) throws Exception {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
