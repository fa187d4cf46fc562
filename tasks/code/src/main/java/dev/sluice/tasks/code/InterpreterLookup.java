package dev.sluice.tasks.code;

import dev.sluice.spi.TaskException;

/** Finds the interpreters of this machine. Thread-safe; quick when asked again. */
@FunctionalInterface
public interface InterpreterLookup {
    /**
     * @param name {@code python3} or {@code node}; every machine has {@code /bin/sh}
     * @throws TaskException if there is none, with the command that installs it
     */
    Interpreter find(String name) throws TaskException, InterruptedException;
}
