package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The system calls that the launcher itself makes, unconfined. Results are those of the kernel, a
 * failure is the negated error number. Thread-safe.
 */
final class Kernel {
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_PATH = 010000000;
    private static final int AT_FDCWD = -100;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETFL = 4;
    private static final int P_PIDFD_OPEN_FLAGS = 0;
    static final int WNOHANG = 1;
    private static final int SIGSTOP = 19;

    /** The status word and the rusage of wait4(2), in which maxrss stands at 32, in KiB. */
    record Ended(int pid, int status, long cpuMillis, long peakBytes) {
        /** As a shell tells it: the exit code, or 128 + signal. */
        int code() {
            int signal = status & 0x7f;
            return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
        }
    }

    record Pipe(int readEnd, int writeEnd) {}

    final Syscalls calls;

    Kernel(Syscalls calls) {
        this.calls = calls;
    }

    long call(String name, long... arguments) {
        return Native.call(calls.number(name), arguments);
    }

    int openPath(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    call(
                            "openat",
                            AT_FDCWD,
                            arena.allocateFrom(path.toString()).address(),
                            O_PATH | O_CLOEXEC,
                            0);
        }
    }

    int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int)
                    call(
                            "openat",
                            AT_FDCWD,
                            arena.allocateFrom(path).address(),
                            flags | O_CLOEXEC,
                            0);
        }
    }

    /** A pipe whose read end does not block; neither end is one of a child's descriptors 0 to 3. */
    Pipe pipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 4);
            check("pipe2", call("pipe2", ends.address(), O_CLOEXEC));
            int readEnd = beyondStandard(ends.get(JAVA_INT, 0));
            call("fcntl", readEnd, F_SETFL, O_NONBLOCK);
            return new Pipe(readEnd, beyondStandard(ends.get(JAVA_INT, 4)));
        }
    }

    private int beyondStandard(int descriptor) {
        if (descriptor > 3) {
            return descriptor;
        }
        int moved = (int) check("fcntl", call("fcntl", descriptor, F_DUPFD_CLOEXEC, 4));
        close(descriptor);
        return moved;
    }

    int eventDescriptor() {
        return (int) check("eventfd2", call("eventfd2", 0, O_CLOEXEC | O_NONBLOCK));
    }

    /** Takes what was written to an eventfd. */
    void clear(int eventDescriptor) {
        try (Arena arena = Arena.ofConfined()) {
            call("read", eventDescriptor, arena.allocate(8, 8).address(), 8);
        }
    }

    int pidDescriptor(int pid) {
        return (int) check("pidfd_open", call("pidfd_open", pid, P_PIDFD_OPEN_FLAGS));
    }

    void close(int descriptor) {
        call("close", descriptor);
    }

    /** Bytes read; 0 at the end; negative if there is nothing now, or on an error. */
    int read(int descriptor, MemorySegment buffer) {
        long n;
        do {
            n = call("read", descriptor, buffer.address(), buffer.byteSize());
        } while (n == -EINTR);
        return (int) n;
    }

    void kill(int pid) {
        call("kill", pid, 9);
    }

    /** Kills the group that a child leads which is not yet reaped, all of it at once. */
    void killGroup(int leader) {
        call("kill", -leader, 9);
    }

    /** Stops a process for good: it can neither run nor, woken, fork. */
    void freeze(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(16, 8);
            call("prlimit64", pid, Rlimit.NPROC.number, none.address(), 0);
        }
        call("kill", pid, SIGSTOP);
    }

    /** Reaps one child by its number, never another one; null if it is still running. */
    @org.jspecify.annotations.Nullable
    Ended reap(int pid, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(8, 8);
            MemorySegment usage = arena.allocate(144, 8);
            long reaped;
            do {
                reaped = call("wait4", pid, status.address(), flags, usage.address());
            } while (reaped == -EINTR);
            if (reaped != pid) {
                return null;
            }
            long micros =
                    usage.get(JAVA_LONG, 0) * 1_000_000
                            + usage.get(JAVA_LONG, 8)
                            + usage.get(JAVA_LONG, 16) * 1_000_000
                            + usage.get(JAVA_LONG, 24);
            return new Ended(
                    pid, status.get(JAVA_INT, 0), micros / 1000, usage.get(JAVA_LONG, 32) << 10);
        }
    }

    /** This process's own hard limit, above which an ordinary user can set none. */
    long hardLimit(Rlimit limit) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(16, 8);
            check("prlimit64", call("prlimit64", 0, limit.number, 0, pair.address()));
            return pair.get(JAVA_LONG, 8);
        }
    }

    static long check(String what, long result) {
        if (result < 0) {
            throw new KernelException(what, (int) -result);
        }
        return result;
    }

    static byte[] copy(MemorySegment buffer, int length) {
        return buffer.asSlice(0, length).toArray(JAVA_BYTE);
    }
}
