package dev.sluice.cli;

/** What a command ends with. */
final class ExitCode {
    static final int DONE = 0;
    static final int RUN_FAILED = 1;
    static final int WRONG_INPUT = 2;
    static final int ENVIRONMENT = 3;
    static final int CANCELLED = 130;

    private ExitCode() {}
}
