package dev.sluice.app;

import dev.sluice.cli.Cli;
import dev.sluice.cli.Terminal;

/** Does what most runs do, so that the JVM can keep what it had to load and link for it. */
final class Training {
    private Training() {}

    public static void main(String[] args) {
        Cli cli = new Cli(new LocalHost(), Terminal.ofProcess("", ""), "sluice");
        cli.run("--help");
        cli.run("doctor");
        System.exit(0);
    }
}
