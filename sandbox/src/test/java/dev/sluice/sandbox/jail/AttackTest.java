package dev.sluice.sandbox.jail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.sandbox.Interpreters;
import dev.sluice.sandbox.UnsafeProcess;
import dev.sluice.sandbox.bwrap.Bwrap;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import dev.sluice.testkit.sandbox.Recorded;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The attacks of {@code attacks.txt}: none may succeed in the jail, and most must succeed without
 * one, so that an attack that does not work at all is noticed.
 */
@Timeout(240)
class AttackTest {
    private static final int MUST_ESCAPE_UNCONFINED = 60;

    /** What looks like an escape, but reaches only what a namespace has of its own. */
    private static final List<String> ITS_OWN =
            List.of(
                    "files: list the root folder",
                    "files: write into /tmp",
                    "files: write into /dev/shm",
                    "files: the root of process 1",
                    "processes: list them",
                    // it calls it an escape if there is no such process to be signalled
                    "processes: signal the server by descriptor");

    private static final String PRELUDE =
            """
            import ctypes, os, shutil, stat, subprocess, sys
            os.write(3, b'ran')
            OUTSIDE, SECRET, INPUT, SOCKET = sys.argv[1:5]
            SERVER, OTHER, PORT = map(int, sys.argv[5:8])
            libc = ctypes.CDLL(None, use_errno=True)
            libc.syscall.restype = ctypes.c_long
            def call(number, *arguments):
                words = [a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]
                result = libc.syscall(ctypes.c_long(number), *words)
                return result if result >= 0 else -ctypes.get_errno()
            def escaped(result):
                return result not in (-1, -13, -38)
            def valid(fd):
                try: os.fstat(fd); return True
                except OSError: return False
            """;

    private static final Sandbox.Limits LIMITS =
            new Sandbox.Limits(
                    256 << 20,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    16,
                    16 << 20,
                    256,
                    1 << 16);

    @Test
    void noAttackSucceedsInTheJailAndMostDoWithoutIt() throws Exception {
        Sandbox jail = Jails.jail();
        if (Syscalls.Machine.current() != Syscalls.Machine.AMD64) {
            abort("the attacks use the numbers of amd64");
        }
        Interpreters.Interpreter python = python();
        var system = new Interpreters.Interpreter(Path.of("/usr/bin/python3"), "", List.of());
        Map<String, String> attacks = attacks();
        Path folder = Files.createTempDirectory("attack");
        Process other = new ProcessBuilder("/bin/sleep", "300").start();
        try (var port = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            var target = Target.in(folder);
            socket.bind(UnixDomainSocketAddress.of(target.outside.resolve("socket")));
            var escapes = new ArrayList<String>();
            var dead = new ArrayList<String>();
            var fromBwrap = new ArrayList<String>();
            Sandbox bwrap = Files.exists(system.path()) ? bwrap() : null;
            for (Map.Entry<String, String> attack : attacks.entrySet()) {
                List<String> command =
                        command(python, attack.getValue(), target, other, port.getLocalPort());
                // the one may lie where only root can go, so that it has no user of its own
                if (escapes(jail, python, command, target)) {
                    escapes.add(attack.getKey());
                }
                if (Files.exists(system.path())
                        && !system.path().equals(python.path())
                        && escapes(jail, system, with(system, command), target)) {
                    escapes.add(attack.getKey() + " (as a user of its own)");
                }
                if (bwrap != null && escapes(bwrap, system, with(system, command), target)) {
                    fromBwrap.add(attack.getKey());
                }
                if (!escapes(new UnsafeProcess(), python, command, target)) {
                    dead.add(attack.getKey());
                }
            }
            int outside = attacks.size() - dead.size();
            System.out.printf(
                    "%d attacks: %d succeed in the jail %s, %d without it (not: %s)%n",
                    attacks.size(), escapes.size(), escapes, outside, dead);
            System.out.println("from bwrap: " + (bwrap == null ? "not tried" : fromBwrap));
            assertThat(escapes).isEmpty();
            assertThat(ITS_OWN).containsAll(fromBwrap);
            if (System.getProperty("user.name").equals("root")) {
                assertThat(outside).isGreaterThanOrEqualTo(MUST_ESCAPE_UNCONFINED);
            } else {
                assertThat(outside).isGreaterThanOrEqualTo(15);
            }
            assertThat(target.outside.resolve("canary")).hasContent("canary");
        } finally {
            other.destroyForcibly();
            Folders.delete(folder);
        }
    }

    private record Target(Path outside, Path secret, Path input, Path work) {
        static Target in(Path folder) throws IOException {
            Folders.openToOthers(folder);
            var target =
                    new Target(
                            Files.createDirectory(folder.resolve("outside")),
                            folder.resolve("secret"),
                            Files.createDirectory(folder.resolve("input")),
                            folder.resolve("work"));
            // anybody may write there, so that only the sandbox can be what stops it
            Files.setPosixFilePermissions(
                    target.outside, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.writeString(target.secret, "secret");
            for (Path file :
                    List.of(
                            target.outside.resolve("canary"),
                            target.outside.resolve("victim"),
                            target.input.resolve("file"))) {
                Files.writeString(file, file.getFileName().toString());
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
            }
            Files.setPosixFilePermissions(
                    target.input, PosixFilePermissions.fromString("rwxrwxrwx"));
            return target;
        }
    }

    private static List<String> command(
            Interpreters.Interpreter python, String code, Target target, Process other, int port) {
        return List.of(
                python.path().toString(),
                "-I",
                "-c",
                PRELUDE + code,
                target.outside.toString(),
                target.secret.toString(),
                target.input.toString(),
                target.outside.resolve("socket").toString(),
                Long.toString(ProcessHandle.current().pid()),
                Long.toString(other.pid()),
                Integer.toString(port));
    }

    private static List<String> with(Interpreters.Interpreter python, List<String> command) {
        var changed = new ArrayList<>(command);
        changed.set(0, python.path().toString());
        return changed;
    }

    private static boolean escapes(
            Sandbox sandbox, Interpreters.Interpreter python, List<String> command, Target target)
            throws Exception {
        Folders.delete(Files.exists(target.work) ? target.work : null);
        Files.createDirectory(target.work);
        Folders.openToOthers(target.work);
        var readOnly = new ArrayList<>(python.readOnly());
        readOnly.add(target.input);
        var output = new Recorded();
        Sandbox.Exit exit =
                sandbox.run(
                        new Sandbox.Launch(
                                command,
                                Map.of("PATH", "/usr/bin:/bin"),
                                target.work,
                                readOnly,
                                List.of(target.work),
                                LIMITS),
                        output);
        assertThat(output.stderr()).doesNotContain("SyntaxError", "NameError");
        assertThat(output.control())
                .as("did not run: %s %s", exit, output.stderr())
                .contains("ran");
        return output.stdout().contains("ESCAPED");
    }

    private static @Nullable Sandbox bwrap() throws InterruptedException {
        return switch (Bwrap.open(Jails.jail())) {
            case Bwrap.Opened.Usable(Bwrap bwrap) -> bwrap;
            case Bwrap.Opened.Unusable(String reason, var _) -> {
                System.err.println("SKIPPED: " + reason);
                yield null;
            }
        };
    }

    private static Interpreters.Interpreter python() throws InterruptedException {
        try {
            return new Interpreters(System.getenv("PATH")).find(Interpreters.Language.PYTHON);
        } catch (SandboxException absent) {
            System.err.println("SKIPPED: " + absent.getMessage());
            return abort(absent.getMessage());
        }
    }

    private static Map<String, String> attacks() throws IOException {
        try (InputStream file = AttackTest.class.getResourceAsStream("attacks.txt")) {
            String text =
                    new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            var attacks = new LinkedHashMap<String, String>();
            for (String block : text.split("(?m)^## ", -1)) {
                if (!block.startsWith("#")) {
                    int line = block.indexOf('\n');
                    attacks.put(block.substring(0, line), block.substring(line + 1));
                }
            }
            return attacks;
        }
    }
}
