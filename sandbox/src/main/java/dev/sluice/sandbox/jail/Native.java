package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The C library, as far as the jail needs it: {@code syscall(2)} and {@code posix_spawn(3)}.
 * Loading this class fails where the library lacks them (not Linux, glibc older than 2.35, musl);
 * {@link Jail#open} asks {@link #missing} first.
 *
 * <p>All functions are called through one handle, with seven words: making a handle of another
 * shape costs tens of milliseconds at start, and in the calling conventions of both architectures a
 * function does not see the words it does not take. They take and return integers and pointers
 * only.
 */
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** Takes the function's address, an {@link #errnoSegment}, and seven words. */
    static final MethodHandle CALL =
            LINKER.downcallHandle(
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG, JAVA_LONG),
                    Linker.Option.captureCallState("errno"));

    static final MemorySegment SYSCALL = LIBRARY.findOrThrow("syscall");
    static final MemorySegment POSIX_SPAWN = LIBRARY.findOrThrow("posix_spawn");

    /** Room for any of the opaque structures of {@code spawn.h}, of which the largest has 336. */
    static final long OPAQUE_BYTES = 512;

    private Native() {}

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
                            CALL.invokeExact(
                                    SYSCALL,
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

    /** Calls one of the functions that prepare a spawn, each of which returns an error number. */
    static void prepare(String function, MemorySegment structure, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            int failed =
                    (int)
                            (long)
                                    CALL.invokeExact(
                                            LIBRARY.findOrThrow(function),
                                            arena.allocate(STATE),
                                            structure.address(),
                                            argument(arguments, 0),
                                            argument(arguments, 1),
                                            0L,
                                            0L,
                                            0L,
                                            0L);
            if (failed != 0) {
                throw new KernelException(function, failed);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(function + " could not be called", e);
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
