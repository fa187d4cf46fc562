package dev.sluice.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.spi.SandboxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterpretersTest {
    @TempDir Path folder;

    private void program(String name, String script) throws Exception {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private SandboxException refusal(Interpreters.Language language) {
        var thrown = new SandboxException[1];
        assertThatThrownBy(() -> new Interpreters(folder.toString()).find(language))
                .isInstanceOfSatisfying(SandboxException.class, e -> thrown[0] = e);
        return thrown[0];
    }

    @Test
    void theRealPythonIsFoundBehindAShim() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "no /usr/bin/python3 to be found");
        program("python3", "exec /usr/bin/python3 \"$@\"");
        var python = new Interpreters(folder.toString()).find(Interpreters.Language.PYTHON);
        assertThat(python.path()).isEqualTo(Path.of("/usr/bin/python3"));
        assertThat(python.version()).matches("3\\.\\d+\\.\\d+");
        assertThat(python.readOnly()).isEmpty();
    }

    @Test
    void itsFoldersOutsideTheSystemAreGranted() throws Exception {
        Path home = Files.createDirectories(folder.resolve("opt/python"));
        program("python3", "echo " + home + "/bin/python3; echo 3.14.0; echo " + home);
        assertThat(new Interpreters(folder.toString()).find(Interpreters.Language.PYTHON))
                .isEqualTo(
                        new Interpreters.Interpreter(
                                home.resolve("bin/python3"), "3.14.0", List.of(home)));
    }

    @Test
    void itIsLookedUpOnce() throws Exception {
        program("python3", "echo x >> " + folder + "/asked; echo /p; echo 3.14.0");
        var interpreters = new Interpreters(folder.toString());
        interpreters.find(Interpreters.Language.PYTHON);
        interpreters.find(Interpreters.Language.PYTHON);
        assertThat(folder.resolve("asked")).hasContent("x");
    }

    @Test
    void whatIsMissingIsNamedWithTheRemedy() {
        assertThat(refusal(Interpreters.Language.PYTHON))
                .hasMessageContaining("python3 is not installed")
                .hasMessageContaining("apt-get install python3");
        assertThat(refusal(Interpreters.Language.NODE)).hasMessageContaining("nodejs");
    }

    @Test
    void whatDoesNotWorkIsSaid() throws Exception {
        program("python3", "exit 1");
        assertThat(refusal(Interpreters.Language.PYTHON)).hasMessageContaining("does not work");
    }
}
