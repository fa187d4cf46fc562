package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises of the command line that hold for whole processes. */
class CommandLineTest {
    private static final String SLEEPER =
            "id: sleeper\ntasks:\n  nap: {type: shell, script: \"sleep 77.25\"}\n";

    @TempDir Path folder;

    private Program.Result sluice(String... arguments) throws Exception {
        return Program.run(folder, arguments);
    }

    @Test
    void mistakesOfAFlowAreToldAllAtOnceWithTheirPlaces() throws Exception {
        Files.writeString(
                folder.resolve("bad.yaml"),
                """
                id: bad
                tasks:
                  a: {type: vlaue, value: {x: 1}}
                  b: {type: value, value: {x: "${{ tasks.nope.outputs.x }}"}, nees: [a]}
                """);
        Program.Result result = sluice("validate", "bad.yaml");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errors())
                .contains("bad.yaml:3:", "value", "bad.yaml:4:", "needs", "nope");
        assertThat(sluice("run", "bad.yaml", "--data", "d").code()).isEqualTo(2);
        assertThat(folder.resolve("d").resolve("journal.db")).doesNotExist();
    }

    @Test
    void aFailedRunExitsWithOneAndAMissingFileWithTwo() throws Exception {
        Files.writeString(
                folder.resolve("fail.yaml"),
                "id: fail\ntasks:\n  a: {type: fail, message: no luck}\n");
        Program.Result failed = sluice("run", "fail.yaml", "--json", "--data", "d");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.output()).contains("\"state\":\"FAILED\"", "no luck");
        assertThat(sluice("run", "none.yaml", "--data", "d").code()).isEqualTo(2);
    }

    @Test
    void aPrivateHostIsCalledOnlyIfItIsAllowed() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        try {
            String host = "127.0.0.1:" + server.getAddress().getPort();
            Files.writeString(
                    folder.resolve("call.yaml"),
                    "id: call\ntasks:\n  a: {type: http, url: \"http://" + host + "/\"}\n");
            Program.Result refused = sluice("run", "call.yaml", "--json", "--data", "d");
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.output()).contains("--allow-host " + host);
            Program.Result allowed =
                    sluice("run", "call.yaml", "--json", "--data", "d", "--allow-host", host);
            assertThat(allowed.code()).as(allowed.errors()).isZero();
            assertThat(allowed.output()).contains("\"status\":204");
            Program.Result wrong =
                    sluice("run", "call.yaml", "--data", "d", "--allow-host", "http://x/");
            assertThat(wrong.code()).isEqualTo(2);
            assertThat(wrong.errors()).contains("allowed host: \"http://x/\"");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aDataDirectoryHasOneOwnerAndOthersGoThroughItsSocket() throws Exception {
        Files.writeString(folder.resolve("ask.yaml"), "id: ask\ntasks:\n  ok: {type: approval}\n");
        try (Program owner = Program.start(folder, "run", "ask.yaml", "--data", "d")) {
            String hint = owner.line(l -> l.contains("approve")).get(60, TimeUnit.SECONDS);
            Program.Result second = sluice("run", "ask.yaml", "--data", "d");
            assertThat(second.code()).isEqualTo(3);
            assertThat(second.errors()).contains(String.valueOf(owner.process().pid()));
            String id = hint.replaceAll(".*approve ([0-9a-z]{13}).*", "$1");
            assertThat(sluice("runs", "ls", "--data", "d").output()).contains(id);
            Program.Result answered = sluice("approve", id, "ok", "--data", "d");
            assertThat(answered.code()).as(answered.errors()).isZero();
            assertThat(owner.end().code()).isZero();
        }
    }

    @Test
    void ctrlCCancelsTheRunAndItsProcesses() throws Exception {
        Files.writeString(folder.resolve("sleeper.yaml"), SLEEPER);
        try (Program program = Program.start(folder, "run", "sleeper.yaml", "--data", "d")) {
            program.line(l -> l.contains("nap") && l.contains("running")).get(60, TimeUnit.SECONDS);
            program.interrupt();
            Program.Result result = program.end();
            assertThat(result.code()).as(result.errors()).isEqualTo(130);
        }
        assertThat(
                        ProcessHandle.allProcesses()
                                .filter(p ->
                                        p.info().commandLine().orElse("").contains("sleep 77.25")))
                .isEmpty();
        assertThat(sluice("runs", "ls", "--data", "d", "--json").output()).contains("CANCELLED");
    }
}
