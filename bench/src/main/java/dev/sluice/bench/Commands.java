package dev.sluice.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes, timed from their start to their end. */
final class Commands {
    private static final long PATIENCE_SECONDS = 120;

    private Commands() {}

    /**
     * Milliseconds until it has ended.
     *
     * @throws IllegalStateException if it does not end well or in time
     */
    static double millis(List<String> command) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        double millis = (System.nanoTime() - begin) / 1e6;
        if (!ended || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(
                    command + (ended ? " ended with " + process.exitValue() : " did not end"));
        }
        return millis;
    }

    /** Another virtual machine with the options and the class path of this one. */
    static List<String> java(String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return command;
    }
}
