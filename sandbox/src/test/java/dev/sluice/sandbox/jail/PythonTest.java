package dev.sluice.sandbox.jail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.sandbox.Interpreters;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import dev.sluice.testkit.sandbox.Recorded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What honest programs need, and what it costs them. */
@Timeout(120)
class PythonTest {
    private static final Duration WALL = Duration.ofSeconds(30);
    private static final Sandbox.Limits LIMITS =
            new Sandbox.Limits(512 << 20, WALL, WALL, 32, 64 << 20, 256, 1 << 20);
    private Path work;

    @BeforeEach
    void makeFolder() throws IOException {
        work = Files.createTempDirectory("python");
        Folders.openToOthers(work);
    }

    @AfterEach
    void deleteFolder() {
        Folders.delete(work);
    }

    private String run(Interpreters.Language language, String... arguments) throws Exception {
        Interpreters.Interpreter interpreter;
        try {
            interpreter = new Interpreters(System.getenv("PATH")).find(language);
        } catch (SandboxException absent) {
            System.err.println("SKIPPED: " + absent.getMessage());
            return abort(absent.getMessage());
        }
        return run(interpreter, arguments);
    }

    private String run(Interpreters.Interpreter interpreter, String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of(interpreter.path().toString()));
        command.addAll(List.of(arguments));
        var output = new Recorded();
        Sandbox.Exit exit =
                Jails.jail()
                        .run(
                                new Sandbox.Launch(
                                        command,
                                        Map.of("PATH", "/usr/bin:/bin", "TMPDIR", work.toString()),
                                        work,
                                        interpreter.readOnly(),
                                        List.of(work),
                                        LIMITS),
                                output);
        assertThat(exit.code()).as("%s %s", exit, output.stderr()).isZero();
        return output.stdout().strip();
    }

    private String python(String code) throws Exception {
        return run(Interpreters.Language.PYTHON, "-c", code);
    }

    @Test
    void threadsWork() throws Exception {
        assertThat(
                        python(
                                """
                                from concurrent.futures import ThreadPoolExecutor
                                print(sum(ThreadPoolExecutor(8).map(lambda x: x * x, range(100))))
                                """))
                .isEqualTo("328350");
    }

    @Test
    void subprocessesAndTemporaryFilesWork() throws Exception {
        assertThat(
                        python(
                                """
                                import subprocess, tempfile, os, shutil
                                with tempfile.NamedTemporaryFile() as f:
                                    f.write(b'3\\n1\\n2\\n'); f.flush()
                                    shutil.copy2(f.name, 'copy'); os.chmod('copy', 0o600)
                                    print(subprocess.check_output(['sort', f.name]).decode().split())
                                """))
                .isEqualTo("['1', '2', '3']");
    }

    @Test
    void forkedWorkersAndEventLoopsWork() throws Exception {
        assertThat(
                        python(
                                """
                                import asyncio, os
                                async def child():
                                    p = await asyncio.create_subprocess_exec('echo', 'hi',
                                            stdout=asyncio.subprocess.PIPE)
                                    return (await p.communicate())[0].decode().strip()
                                r, w = os.pipe()
                                if os.fork() == 0:
                                    os.write(w, b'forked'); os._exit(0)
                                os.wait()
                                print(os.read(r, 10).decode(), asyncio.run(child()))
                                """))
                .isEqualTo("forked hi");
    }

    @Test
    void databasesAndCompressionWork() throws Exception {
        assertThat(
                        python(
                                """
                                import sqlite3, zipfile, json, csv, ssl, hashlib, time
                                c = sqlite3.connect('x.db'); c.execute('create table t(a)')
                                c.execute('insert into t values (42)'); c.commit()
                                zipfile.ZipFile('x.zip', 'w').write('x.db')
                                print(c.execute('select a from t').fetchone()[0])
                                """))
                .isEqualTo("42");
    }

    @Test
    void nodeWorks() throws Exception {
        assertThat(
                        run(
                                Interpreters.Language.NODE,
                                "-e",
                                "require('fs').writeFileSync('x', 'y');"
                                        + "console.log(require('child_process')"
                                        + ".execSync('cat x').toString())"))
                .isEqualTo("y");
    }

    @Test
    void pandasWorksInHalfAGigabyteWhereItIsInstalled() throws Exception {
        String seen =
                python(
                        """
                        try:
                            import pandas as pd
                            print(pd.DataFrame({'a': [1, 2, 3]})['a'].sum())
                        except ModuleNotFoundError:
                            print('absent')
                        """);
        if (seen.equals("absent")) {
            System.err.println("SKIPPED: pandas is not installed");
            abort("pandas is not installed");
        }
        assertThat(seen).isEqualTo("6");
    }

    @Test
    void startingInTheJailCostsLittleMoreThanStarting() throws Exception {
        Interpreters.Interpreter python =
                new Interpreters(System.getenv("PATH")).find(Interpreters.Language.PYTHON);
        int rounds = 41;
        long[] bare = new long[rounds];
        long[] jailed = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            new ProcessBuilder(python.path().toString(), "-I", "-S", "-c", "pass")
                    .start()
                    .waitFor();
            bare[i] = System.nanoTime() - start;
            start = System.nanoTime();
            run(python, "-I", "-S", "-c", "pass");
            jailed[i] = System.nanoTime() - start;
        }
        Arrays.sort(bare);
        Arrays.sort(jailed);
        double ratio = (double) jailed[rounds / 2] / bare[rounds / 2];
        System.out.printf(
                "python: bare median %.1f min %.1f ms, jailed median %.1f min %.1f ms, ratio %.2f%n",
                bare[rounds / 2] / 1e6,
                bare[0] / 1e6,
                jailed[rounds / 2] / 1e6,
                jailed[0] / 1e6,
                ratio);
        assertThat((double) jailed[0] / bare[0]).isLessThan(3);
    }
}
