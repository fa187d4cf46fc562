package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The C library, as far as the jail needs it: {@code syscall(2)} and {@code posix_spawn(3)}.
 * Loading this class fails where the library lacks them (not Linux, glibc older than 2.35, musl);
 * {@link Jail#open} asks {@link #missing} first.
 */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    static final MethodHandle SYSCALL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("syscall"),
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
    static final MethodHandle POSIX_SPAWN =
            function("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    static final MethodHandle ACTIONS_INIT = function("posix_spawn_file_actions_init", ADDRESS);
    static final MethodHandle ACTIONS_DESTROY =
            function("posix_spawn_file_actions_destroy", ADDRESS);
    static final MethodHandle ADD_DUP2 =
            function("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
    static final MethodHandle ADD_FCHDIR =
            function("posix_spawn_file_actions_addfchdir_np", ADDRESS, JAVA_INT);
    static final MethodHandle ADD_CLOSEFROM =
            function("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
    static final MethodHandle ADD_TCSETPGRP =
            function("posix_spawn_file_actions_addtcsetpgrp_np", ADDRESS, JAVA_INT);
    static final MethodHandle ATTR_INIT = function("posix_spawnattr_init", ADDRESS);

    static final MethodHandle ATTR_FLAGS =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("posix_spawnattr_setflags"),
                    FunctionDescriptor.of(
                            JAVA_INT, ADDRESS, java.lang.foreign.ValueLayout.JAVA_SHORT));
    static final MethodHandle ATTR_SIGNAL_MASK =
            function("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
    static final MethodHandle ATTR_DEFAULT_SIGNALS =
            function("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);

    /** Room for any of the opaque structures of {@code spawn.h}, of which the largest has 336. */
    static final long OPAQUE_BYTES = 512;

    private Native() {}

    private static MethodHandle function(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /** The functions of the C library that this machine lacks; empty if the jail can be tried. */
    static List<String> missing() {
        return List.of(
                        "syscall",
                        "posix_spawn_file_actions_addfchdir_np",
                        "posix_spawn_file_actions_addclosefrom_np",
                        "posix_spawn_file_actions_addtcsetpgrp_np")
                .stream()
                .filter(name -> Linker.nativeLinker().defaultLookup().find(name).isEmpty())
                .toList();
    }

    static MemorySegment errnoSegment(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** The result of a system call, or the negated error number. */
    static long call(long number, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result =
                    (long)
                            SYSCALL.invokeExact(
                                    state,
                                    number,
                                    argument(arguments, 0),
                                    argument(arguments, 1),
                                    argument(arguments, 2),
                                    argument(arguments, 3),
                                    argument(arguments, 4),
                                    argument(arguments, 5));
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw new IllegalStateException("system call " + number + " could not be made", e);
        }
    }

    private static long argument(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }

    /** A null-terminated array of C strings. */
    static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(8L * (strings.size() + 1), 8);
        for (int i = 0; i < strings.size(); i++) {
            array.set(ADDRESS, 8L * i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }
}
