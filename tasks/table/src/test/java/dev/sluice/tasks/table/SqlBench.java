package dev.sluice.tasks.table;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.model.Digest;
import dev.sluice.model.Resources;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/**
 * What an {@code sql} task costs over bare DuckDB: the same query over the same file to the same
 * kind of file, in turn and in the same minutes, the order changing. Both with the same threads and
 * memory; the bare one with its own defaults otherwise.
 *
 * <p>Arguments: million rows (about 100 MB of Parquet each), rounds, threads.
 */
final class SqlBench {
    private SqlBench() {}

    public static void main(String[] arguments) throws Exception {
        long rows = Long.parseLong(arguments[0]) * 1_000_000;
        int rounds = Integer.parseInt(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        Path folder = Files.createTempDirectory("sluice-bench");
        Path input = folder.resolve("input.parquet");
        Path bare = folder.resolve("bare.parquet");
        Path ours = Files.createDirectories(folder.resolve("work")).resolve("ours.parquet");
        Resources resources = new Resources(threads, 4L << 30, 20L << 30, 0);
        try (Connection c = Duck.connect();
                Statement s = c.createStatement()) {
            s.execute(
                    "COPY (SELECT i AS id, hash(i) AS h, (hash(i + 1) % 100000)::INTEGER AS n,"
                            + " random() AS x, 'name ' || (hash(i) % 1000000) AS name,"
                            + " DATE '2020-01-01' + (i % 2000)::INTEGER AS day, md5(i::VARCHAR) AS m"
                            + " FROM range("
                            + rows
                            + ") t(i)) TO "
                            + Sql.file(input));
        }
        System.out.printf(Locale.ROOT, "input %,d bytes%n", Files.size(input));
        String query = "SELECT *, n * 2 AS n2, upper(name) AS u FROM raw WHERE n >= 100";
        double sumBare = 0;
        double sumOurs = 0;
        for (int round = 0; round <= rounds; round++) {
            double[] millis = new double[2];
            double[] cpu = new double[2];
            for (int turn = 0; turn < 2; turn++) {
                int which = (round + turn) % 2;
                long start = System.nanoTime();
                long cpuStart = cpuNanos();
                if (which == 0) {
                    bare(input, query, bare, threads);
                } else {
                    ours(input, query, ours, resources);
                }
                millis[which] = (System.nanoTime() - start) / 1e6;
                cpu[which] = (cpuNanos() - cpuStart) / 1e6;
            }
            System.out.printf(
                    Locale.ROOT,
                    "round %d: bare %.0f ms (cpu %.0f), %,d bytes; sql %.0f ms (cpu %.0f), %,d"
                            + " bytes; ratio %.3f (cpu %.3f)%n",
                    round,
                    millis[0],
                    cpu[0],
                    Files.size(bare),
                    millis[1],
                    cpu[1],
                    Files.size(ours),
                    millis[1] / millis[0],
                    cpu[1] / cpu[0]);
            if (round > 0) {
                sumBare += millis[0];
                sumOurs += millis[1];
            }
        }
        System.out.printf(Locale.ROOT, "without the first round: %.3f%n", sumOurs / sumBare);
        long start = System.nanoTime();
        hash(ours);
        System.out.printf(Locale.ROOT, "sha-256: %.0f ms%n", (System.nanoTime() - start) / 1e6);
        for (Path file : List.of(input, bare, ours, ours.getParent(), folder)) {
            Files.deleteIfExists(file);
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static void bare(Path input, String query, Path target, int threads) throws Exception {
        try (Connection c = Duck.connect();
                Statement s = c.createStatement()) {
            s.execute("SET threads=" + threads + "; SET memory_limit='4GB'");
            s.execute("CREATE VIEW raw AS FROM read_parquet(" + Sql.file(input) + ")");
            s.execute("COPY (" + query + ") TO " + Sql.file(target) + " (FORMAT parquet)");
        }
    }

    private static void ours(Path input, String query, Path target, Resources resources)
            throws Exception {
        try (DuckSession session =
                DuckSession.open(target.getParent(), resources, List.of(input))) {
            session.execute(
                    "inputs", "CREATE VIEW raw AS FROM read_parquet(" + Sql.file(input) + ")");
            session.copyWritten("query", query, target, true);
        }
    }

    private static void hash(Path file) throws Exception {
        MessageDigest digest = Digest.sha256();
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
    }
}
