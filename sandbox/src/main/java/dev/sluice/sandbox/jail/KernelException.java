package dev.sluice.sandbox.jail;

/** A system call that the launcher needs and the kernel refused. */
final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    KernelException(String call, int errno) {
        super(call + " failed with error " + errno + meaning(errno));
    }

    static String meaning(int errno) {
        return switch (errno) {
            case 1 -> " (not permitted)";
            case 2 -> " (no such file)";
            case 3 -> " (no such process)";
            case 8 -> " (not an executable)";
            case 11 -> " (too many processes)";
            case 12 -> " (out of memory)";
            case 13 -> " (access denied)";
            case 16 -> " (busy)";
            case 20 -> " (not a folder)";
            case 24 -> " (too many open files)";
            case 38 -> " (not supported by this kernel)";
            case 95 -> " (switched off in this kernel)";
            default -> "";
        };
    }
}
