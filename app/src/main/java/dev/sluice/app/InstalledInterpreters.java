package dev.sluice.app;

import dev.sluice.sandbox.Interpreters;
import dev.sluice.spi.SandboxException;
import dev.sluice.spi.TaskException;
import dev.sluice.tasks.code.Interpreter;
import dev.sluice.tasks.code.InterpreterLookup;

/** The interpreters of this machine, as the code tasks ask for them. */
record InstalledInterpreters(Interpreters installed) implements InterpreterLookup {
    @Override
    public Interpreter find(String name) throws TaskException {
        try {
            Interpreters.Interpreter found = installed.find(language(name));
            return new Interpreter(found.path(), found.version(), found.readOnly());
        } catch (SandboxException e) {
            throw TaskException.terminal(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TaskException.terminal("cancelled while looking for " + name);
        }
    }

    private static Interpreters.Language language(String name) throws TaskException {
        return switch (name) {
            case "python3" -> Interpreters.Language.PYTHON;
            case "node" -> Interpreters.Language.NODE;
            case "sh" -> Interpreters.Language.SHELL;
            default -> throw TaskException.terminal("no interpreter is known as " + name);
        };
    }
}
