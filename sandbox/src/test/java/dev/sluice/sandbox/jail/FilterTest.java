package dev.sluice.sandbox.jail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the filter as the kernel would, for both architectures, whichever the tests run on. */
class FilterTest {
    private static final int ALLOW = 0x7fff0000;
    private static final int SUCCESS = 0x00050000;
    private static final int EPERM = SUCCESS | 1;
    private static final int ENOSYS = SUCCESS | 38;
    private static final int NOTIFY = 0x7fc00000;
    private static final int KILL = 0x80000000;

    private static int verdict(Syscalls.Machine machine, String call, long... arguments) {
        var calls = new Syscalls(machine);
        return verdict(calls, machine.auditArch, calls.number(call), arguments);
    }

    private static int verdict(Syscalls calls, int arch, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(arch).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        ByteBuffer program =
                ByteBuffer.wrap(Filter.program(calls, 7)).order(ByteOrder.LITTLE_ENDIAN);
        int accumulator = 0;
        int at = 0;
        while (true) {
            int code = program.getShort(8 * at);
            int jumpTrue = program.get(8 * at + 2) & 0xff;
            int jumpFalse = program.get(8 * at + 3) & 0xff;
            int operand = program.getInt(8 * at + 4);
            at++;
            switch (code) {
                case 0x20 -> accumulator = data.getInt(operand);
                case 0x54 -> accumulator &= operand;
                case 0x06 -> {
                    return operand;
                }
                case 0x15 -> at += accumulator == operand ? jumpTrue : jumpFalse;
                case 0x35 ->
                        at +=
                                Integer.compareUnsigned(accumulator, operand) >= 0
                                        ? jumpTrue
                                        : jumpFalse;
                case 0x45 -> at += (accumulator & operand) != 0 ? jumpTrue : jumpFalse;
                default -> throw new AssertionError("instruction " + code);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatEveryProgramNeedsIsAllowed(Syscalls.Machine machine) {
        for (String call :
                new String[] {"read", "openat", "execve", "futex", "mmap", "wait4", "getrandom"}) {
            assertThat(verdict(machine, call)).as(call).isEqualTo(ALLOW);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatReachesBeyondTheJailIsDenied(Syscalls.Machine machine) {
        for (String call :
                new String[] {
                    "ptrace", "process_vm_readv", "bpf", "io_uring_setup", "keyctl", "mount",
                    "socket", "connect", "unshare", "setns", "perf_event_open", "userfaultfd",
                    "memfd_create", "init_module", "kexec_load", "pidfd_getfd", "personality"
                }) {
            assertThat(verdict(machine, call)).as(call).isEqualTo(EPERM);
        }
    }

    @ParameterizedTest
    @EnumSource
    void changesOfMetadataOnlySeemToSucceed(Syscalls.Machine machine) {
        for (String call :
                new String[] {"fchmod", "fchmodat", "fchownat", "utimensat", "setxattr"}) {
            assertThat(verdict(machine, call)).as(call).isEqualTo(SUCCESS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void threadsMayBeMadeButNoNamespaces(Syscalls.Machine machine) {
        long thread = 0x3d0f00;
        assertThat(verdict(machine, "clone", thread)).isEqualTo(ALLOW);
        for (int bit : new int[] {17, 25, 26, 27, 28, 29, 30}) {
            assertThat(verdict(machine, "clone", thread | 1L << bit)).isEqualTo(EPERM);
        }
        assertThat(verdict(machine, "clone3")).isEqualTo(ENOSYS);
    }

    @ParameterizedTest
    @EnumSource
    void highWordsHideNothing(Syscalls.Machine machine) {
        long high = 1L << 32;
        assertThat(verdict(machine, "ioctl", 0, 0x5401)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "ioctl", 0, 0x5412)).isEqualTo(EPERM);
        assertThat(verdict(machine, "ioctl", 0, 0x5412 | high)).isEqualTo(EPERM);
        assertThat(verdict(machine, "ioctl", 0, 0x541C | high)).isEqualTo(EPERM);
        assertThat(verdict(machine, "ioctl", 0, 0x5410)).isEqualTo(NOTIFY);
        // a pointer whose low word is zero is a pointer all the same
        assertThat(verdict(machine, "prlimit64", 1, 7, high, 0)).isEqualTo(EPERM);
        assertThat(verdict(machine, "sendto", 1, 0, 0, 0, high, 16)).isEqualTo(EPERM);
    }

    @ParameterizedTest
    @EnumSource
    void aProcessMayLimitItselfButNotWashOffItsStampNorTouchOthers(Syscalls.Machine machine) {
        assertThat(verdict(machine, "prlimit64", 0, 7, 4096, 0)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "prlimit64", 99, 7, 0, 4096)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "prlimit64", 99, 7, 4096, 0)).isEqualTo(EPERM);
        assertThat(verdict(machine, "prlimit64", 0, 15, 4096, 0)).isEqualTo(EPERM);
        assertThat(verdict(machine, "setrlimit", 15, 4096)).isEqualTo(EPERM);
        assertThat(verdict(machine, "setrlimit", 7, 4096)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "setpriority", 0, 0, 10)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "setpriority", 0, 99, 10)).isEqualTo(EPERM);
        assertThat(verdict(machine, "setpriority", 2, 0, 10)).isEqualTo(EPERM);
        assertThat(verdict(machine, "sched_setaffinity", 99, 8, 4096)).isEqualTo(EPERM);
    }

    @ParameterizedTest
    @EnumSource
    void pairsOfSocketsCannotReachBeyondThemselves(Syscalls.Machine machine) {
        long closeOnExec = 0x80000;
        assertThat(verdict(machine, "socketpair", 1, 1 | closeOnExec)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "socketpair", 1, 5)).isEqualTo(ALLOW);
        assertThat(verdict(machine, "socketpair", 1, 2)).isEqualTo(EPERM);
        assertThat(verdict(machine, "socketpair", 2, 1)).isEqualTo(EPERM);
    }

    @Test
    void anotherArchitectureKills() {
        var calls = new Syscalls(Syscalls.Machine.AMD64);
        int i386 = 0x40000003;
        assertThat(verdict(calls, i386, 3)).isEqualTo(KILL);
        assertThat(verdict(calls, calls.machine.auditArch, 0x40000000)).isEqualTo(KILL);
        assertThat(verdict(calls, calls.machine.auditArch, -1)).isEqualTo(KILL);
        assertThat(verdict(calls, calls.machine.auditArch, 999)).isEqualTo(ENOSYS);
    }

    @Test
    void theFilterFitsTheKernelsLimit() {
        assertThat(Filter.program(new Syscalls(Syscalls.Machine.AMD64), 7).length / 8)
                .isLessThan(4096);
    }
}
