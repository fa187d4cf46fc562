package dev.sluice.app;

import dev.sluice.cli.Cli;
import dev.sluice.cli.Terminal;

/** The program. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Terminal terminal =
                Terminal.ofProcess(
                        System.getProperty("sluice.terminals", ""),
                        System.getProperty("sluice.size", ""));
        String command = System.getProperty("sluice.command", "sluice");
        System.exit(new Cli(new LocalHost(terminal::tell), terminal, command).run(args));
    }
}
