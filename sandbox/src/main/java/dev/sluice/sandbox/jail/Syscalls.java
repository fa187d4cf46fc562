package dev.sluice.sandbox.jail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of one processor architecture, by name, and what user code may do with each: the
 * file {@code syscalls.txt} beside this class.
 */
final class Syscalls {
    enum Action {
        ALLOW,
        DENY,
        FAKE,
        RULE
    }

    /** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h. */
    enum Machine {
        AMD64(0xC000003E),
        ARM64(0xC00000B7);

        final int auditArch;

        Machine(int auditArch) {
            this.auditArch = auditArch;
        }

        static @Nullable Machine current() {
            return switch (System.getProperty("os.arch")) {
                case "amd64" -> AMD64;
                case "aarch64" -> ARM64;
                case null, default -> null;
            };
        }
    }

    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Integer, Action> actions = new LinkedHashMap<>();
    final Machine machine;

    Syscalls(Machine machine) {
        this.machine = machine;
        try (InputStream file = Syscalls.class.getResourceAsStream("syscalls.txt");
                var lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        Objects.requireNonNull(file), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (!line.startsWith("#")) {
                    add(List.of(line.split(" ", -1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(List<String> columns) {
        String number = columns.get(machine == Machine.AMD64 ? 2 : 3);
        if (!number.equals("-")) {
            numbers.put(columns.get(1), Integer.parseInt(number));
            actions.put(
                    Integer.parseInt(number),
                    Action.valueOf(columns.get(0).toUpperCase(Locale.ROOT)));
        }
    }

    /** The number of a call, which must exist on this architecture. */
    int number(String name) {
        Integer number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException("no system call " + name + " on " + machine);
        }
        return number;
    }

    boolean has(String name) {
        return numbers.containsKey(name);
    }

    Map<Integer, Action> actions() {
        return actions;
    }
}
