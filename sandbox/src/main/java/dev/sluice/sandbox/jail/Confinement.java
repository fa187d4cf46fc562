package dev.sluice.sandbox.jail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a launch thread does: it confines itself by system calls prepared before, starts the child,
 * which inherits the confinement, and dies.
 *
 * <p>While confined it must neither load a class (the file would be denied, and the class would
 * stay broken for the whole virtual machine) nor start or wake a thread (which would inherit the
 * confinement). So it is a loop over numbers: no lambda, no record, no exception, no lock; it tells
 * the launcher of its progress through an eventfd. The path is walked once by an unconfined thread
 * ({@link #rehearse}) before the first launch.
 */
final class Confinement implements Runnable {
    /** The arguments of posix_spawn, all prepared, and where the pid is to be stored. */
    record Program(
            MemorySegment path,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment arguments,
            MemorySegment environment) {}

    /** A system call, with at most six arguments. */
    record Step(String name, long... arguments) {}

    private static final int WORDS = 7;
    private static final int NOT_REACHED = -1;
    private static final int EACCES = 13;

    private final MemorySegment errno;
    private final long[] script;
    private final boolean stopOnFailure;
    private final int filterStep;
    private final MemorySegment path;
    private final MemorySegment actions;
    private final MemorySegment attributes;
    private final MemorySegment arguments;
    private final MemorySegment environment;
    private final MemorySegment pid;
    private final boolean spawns;
    private final long writeNumber;
    private final long progress;
    private final MemorySegment one;

    final long[] results;
    private volatile int listener = NOT_REACHED;
    private volatile int spawnError = NOT_REACHED;
    private volatile int failedStep = NOT_REACHED;
    private volatile @Nullable Throwable thrown;
    private volatile boolean ended;

    /**
     * @param arena outlives the thread
     * @param filterStep which step installs the filter: its result is the listener
     * @param stopOnFailure whether a step that fails is the last
     * @param program what to start at the end, if anything
     * @param progress an eventfd, written to when the filter is in place and at the end
     */
    Confinement(
            Arena arena,
            Syscalls calls,
            List<Step> steps,
            int filterStep,
            boolean stopOnFailure,
            @Nullable Program program,
            int progress) {
        this.errno = Native.errnoSegment(arena);
        this.script = new long[steps.size() * WORDS];
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            script[i * WORDS] = calls.number(step.name);
            System.arraycopy(step.arguments, 0, script, i * WORDS + 1, step.arguments.length);
        }
        this.results = new long[steps.size()];
        this.stopOnFailure = stopOnFailure;
        this.filterStep = filterStep;
        this.spawns = program != null;
        this.path = program == null ? MemorySegment.NULL : program.path;
        this.actions = program == null ? MemorySegment.NULL : program.actions;
        this.attributes = program == null ? MemorySegment.NULL : program.attributes;
        this.arguments = program == null ? MemorySegment.NULL : program.arguments;
        this.environment = program == null ? MemorySegment.NULL : program.environment;
        this.pid = arena.allocate(4, 4);
        this.writeNumber = calls.number("write");
        this.progress = progress;
        this.one = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_LONG, 1L);
    }

    @Override
    public void run() {
        try {
            for (int i = 0; i < results.length; i++) {
                results[i] = step(i * WORDS);
                if (results[i] < 0 && stopOnFailure) {
                    failedStep = i;
                    break;
                }
                if (i == filterStep) {
                    listener = (int) results[i];
                    report();
                }
            }
            if (spawns && failedStep == NOT_REACHED) {
                spawnError =
                        (int)
                                (long)
                                        Native.CALL.invokeExact(
                                                Native.POSIX_SPAWN,
                                                errno,
                                                pid.address(),
                                                path.address(),
                                                actions.address(),
                                                attributes.address(),
                                                arguments.address(),
                                                environment.address(),
                                                0L);
            }
        } catch (Throwable e) {
            thrown = e;
        }
        ended = true;
        report();
    }

    private long step(int at) throws Throwable {
        long result =
                (long)
                        Native.CALL.invokeExact(
                                Native.SYSCALL,
                                errno,
                                script[at],
                                script[at + 1],
                                script[at + 2],
                                script[at + 3],
                                script[at + 4],
                                script[at + 5],
                                script[at + 6]);
        return result < 0 ? -Native.errno(errno) : result;
    }

    private void report() {
        try {
            long ignored =
                    (long)
                            Native.CALL.invokeExact(
                                    Native.SYSCALL,
                                    errno,
                                    writeNumber,
                                    progress,
                                    one.address(),
                                    8L,
                                    0L,
                                    0L,
                                    0L);
        } catch (Throwable e) {
            thrown = e;
        }
    }

    /** Descriptor of the filter's listener, or negative while the filter is not in place. */
    int listener() {
        return listener;
    }

    /** Whether all is done, or has failed. */
    boolean ended() {
        return ended;
    }

    /** Null if the child runs, else why it does not. */
    @Nullable String failure(List<Step> steps, String program) {
        if (thrown != null) {
            return "the launch thread failed: " + thrown;
        }
        if (failedStep != NOT_REACHED) {
            int error = (int) -results[failedStep];
            return steps.get(failedStep).name
                    + " failed with error "
                    + error
                    + KernelException.meaning(error);
        }
        if (spawnError == EACCES) {
            return "access denied: it is not executable, or not among what the launch grants";
        }
        if (spawnError > 0) {
            return program
                    + " could not be started: error "
                    + spawnError
                    + KernelException.meaning(spawnError);
        }
        return null;
    }

    int pid() {
        return pid.get(java.lang.foreign.ValueLayout.JAVA_INT, 0);
    }

    /** Walks the whole path unconfined, so that nothing has to be loaded or linked later. */
    static void rehearse(Kernel kernel) throws InterruptedException {
        int progress = kernel.eventDescriptor();
        try (Arena arena = Arena.ofShared()) {
            var nowhere = arena.allocateFrom("/nonexistent");
            var nothing = Native.strings(arena, List.of());
            var program =
                    new Program(nowhere, MemorySegment.NULL, MemorySegment.NULL, nothing, nothing);
            for (List<Step> steps :
                    List.of(
                            List.of(new Step("getpid"), new Step("getpid")),
                            List.of(new Step("close", -1)))) {
                var confinement =
                        new Confinement(arena, kernel.calls, steps, 0, true, program, progress);
                Thread thread = Thread.ofPlatform().name("jail-launch").start(confinement);
                thread.join();
            }
        } finally {
            kernel.close(progress);
        }
    }
}
