package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sluice.sandbox.jail.Confinement.Step;
import dev.sluice.sandbox.jail.Poller.Signal;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts one confined child.
 *
 * <p>The order matters. Everything is prepared on the calling thread. A platform thread of its own
 * then confines itself and calls posix_spawn. The child, before it becomes the program, makes a
 * system call that the filter hands to the launcher (seccomp's user notification, of the ioctl
 * behind tcsetpgrp): there it waits while its limits are set from outside. So user code never runs
 * without them, and needs no shell in between that would add time and change the environment. Once
 * it runs nobody listens any more, and the kernel answers that ioctl with ENOSYS.
 */
final class Launcher {
    /** The running child, and the ends of its pipes, which the caller must close. */
    record Started(int pid, int pidDescriptor, long stamp, int stdout, int stderr, int control) {}

    private static final long PATIENCE_SECONDS = 20;
    private static final int CONTROL = 3;
    private static final long SECCOMP_IOCTL_NOTIF_RECV = 0xC0502100L;
    private static final long SECCOMP_IOCTL_NOTIF_SEND = 0xC0182101L;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;

    /** Tasks beyond the processes that a tree may have: its threads. */
    static final int THREADS = 256;

    private final Jail.Parts parts;
    private final Kernel kernel;
    private final Sandbox.Launch launch;
    private final Jail.@Nullable Wrapped wrapped;
    private final @Nullable Integer uid;
    private final List<Integer> descriptors = new ArrayList<>();
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final long stamp;
    private final Cgroups.@Nullable Group cgroup;
    private final Arena arena;
    private int progress = -1;
    private @Nullable Gated gated;

    /** The child that waits, and what sets its limits. */
    private record Gated(int pid, long notification, List<Step> steps, Confinement limiter) {}

    private Launcher(
            Jail.Parts parts,
            Sandbox.Launch launch,
            Jail.@Nullable Wrapped wrapped,
            @Nullable Integer uid,
            Cgroups.@Nullable Group cgroup,
            Arena arena) {
        this.arena = arena;
        this.parts = parts;
        this.kernel = parts.kernel();
        this.launch = launch;
        this.wrapped = wrapped;
        this.uid = uid;
        this.cgroup = cgroup;
        this.stamp = parts.stamps().getAndIncrement();
    }

    /** Starts the child; cannot be interrupted, and takes milliseconds. */
    static Started start(
            Jail.Parts parts,
            Sandbox.Launch launch,
            Jail.@Nullable Wrapped wrapped,
            @Nullable Integer uid,
            Cgroups.@Nullable Group cgroup)
            throws SandboxException {
        check(launch);
        // closed by the collector of the last reference: the launch thread may outlive this call
        Arena arena = Arena.ofAuto();
        try {
            return new Launcher(parts, launch, wrapped, uid, cgroup, arena).start();
        } catch (KernelException e) {
            throw new SandboxException(
                    "the sandbox could not start "
                            + launch.command().getFirst()
                            + ": "
                            + e.getMessage());
        }
    }

    /** What would be cut short or read otherwise on its way through C, or could not work. */
    private static void check(Sandbox.Launch launch) throws SandboxException {
        if (launch.command().isEmpty() || !launch.command().getFirst().startsWith("/")) {
            throw new SandboxException(
                    "the sandbox starts programs by their absolute path, not " + launch.command());
        }
        if (launch.command().stream().anyMatch(argument -> argument.indexOf(0) >= 0)) {
            throw new SandboxException(
                    "an argument of " + launch.command().getFirst() + " holds a zero character");
        }
        for (Map.Entry<String, String> variable : launch.env().entrySet()) {
            String name = variable.getKey();
            if (name.isEmpty()
                    || name.indexOf('=') >= 0
                    || name.indexOf(0) >= 0
                    || variable.getValue().indexOf(0) >= 0) {
                throw new SandboxException(
                        "the environment variable \""
                                + name.replace('\0', '?')
                                + "\" has an empty name, an = in its name or a zero character");
            }
        }
        if (launch.readWrite().stream().noneMatch(launch.workDir()::startsWith)) {
            throw new SandboxException(
                    "the current folder "
                            + launch.workDir()
                            + " lies in none of the writable folders "
                            + launch.readWrite());
        }
    }

    private Started start() throws SandboxException {
        Kernel.Pipe stdout = null;
        Kernel.Pipe stderr = null;
        Kernel.Pipe control = null;
        boolean started = false;
        try {
            giveFolders();
            int ruleset = keep(ruleset());
            stdout = kernel.pipe();
            keep(stdout.writeEnd());
            stderr = kernel.pipe();
            keep(stderr.writeEnd());
            control = kernel.pipe();
            keep(control.writeEnd());
            int workDir = keep(path(launch.workDir()));
            progress = keep(kernel.eventDescriptor());
            int filter = wrapped == null ? -1 : filter();
            MemorySegment actions = arena.allocate(Native.OPAQUE_BYTES, 16);
            fileActions(actions, stdout, stderr, control, filter, workDir);
            int pid;
            try {
                pid = spawn(actions, ruleset);
            } finally {
                Native.prepare("posix_spawn_file_actions_destroy", actions);
            }
            int pidDescriptor = pidDescriptor(pid);
            started = true;
            return new Started(
                    pid,
                    pidDescriptor,
                    stamp,
                    stdout.readEnd(),
                    stderr.readEnd(),
                    control.readEnd());
        } finally {
            for (int descriptor : descriptors) {
                parts.poller().forget(descriptor);
                kernel.close(descriptor);
            }
            if (!started) {
                Stream.of(stdout, stderr, control)
                        .filter(pipe -> pipe != null)
                        .forEach(pipe -> kernel.close(pipe.readEnd()));
            }
        }
    }

    private int keep(int descriptor) {
        descriptors.add(descriptor);
        return descriptor;
    }

    private int pidDescriptor(int pid) {
        try {
            return kernel.pidDescriptor(pid);
        } catch (KernelException e) {
            kernel.kill(pid);
            kernel.reap(pid, 0);
            throw e;
        }
    }

    private int path(Path path) throws SandboxException {
        int descriptor = kernel.openPath(path);
        if (descriptor < 0) {
            throw new SandboxException(
                    "the sandbox cannot open " + path + KernelException.meaning(-descriptor));
        }
        return descriptor;
    }

    /** The filter in a pipe, from which it is read to the end. */
    private int filter() {
        Kernel.Pipe pipe = kernel.pipe();
        keep(pipe.readEnd());
        byte[] filter = parts.filter(); // far less than a pipe holds
        kernel.call("write", pipe.writeEnd(), bytes(filter).address(), filter.length);
        kernel.close(pipe.writeEnd());
        return pipe.readEnd();
    }

    private MemorySegment bytes(byte[] bytes) {
        return arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
    }

    private int ruleset() throws SandboxException {
        int ruleset = parts.landlock().ruleset();
        try {
            for (Jail.Grant grant : parts.system()) {
                parts.landlock().grant(ruleset, grant.descriptor(), grant.folder(), grant.access());
            }
            grant(ruleset, launch.readOnly(), Landlock.Access.READ_EXECUTE);
            grant(ruleset, launch.readWrite(), Landlock.Access.READ_WRITE);
        } catch (KernelException | SandboxException e) {
            kernel.close(ruleset);
            throw e;
        }
        return ruleset;
    }

    private void grant(int ruleset, List<Path> paths, Landlock.Access access)
            throws SandboxException {
        for (Path path : paths) {
            int descriptor = path(path);
            try {
                parts.landlock().grant(ruleset, descriptor, Files.isDirectory(path), access);
            } finally {
                kernel.close(descriptor);
            }
        }
    }

    private void fileActions(
            MemorySegment actions,
            Kernel.Pipe stdout,
            Kernel.Pipe stderr,
            Kernel.Pipe control,
            int filter,
            int workDir) {
        Native.prepare("posix_spawn_file_actions_init", actions);
        String dup = "posix_spawn_file_actions_adddup2";
        Native.prepare(dup, actions, parts.devNull(), 0);
        Native.prepare(dup, actions, stdout.writeEnd(), 1);
        Native.prepare(dup, actions, stderr.writeEnd(), 2);
        Native.prepare(dup, actions, control.writeEnd(), CONTROL);
        Native.prepare("posix_spawn_file_actions_addfchdir_np", actions, workDir);
        int last = CONTROL;
        if (filter >= 0) {
            last = Jail.FILTER_DESCRIPTOR;
            Native.prepare(dup, actions, filter, last);
        }
        Native.prepare("posix_spawn_file_actions_addclosefrom_np", actions, last + 1);
        Native.prepare("posix_spawn_file_actions_addtcsetpgrp_np", actions, 0);
    }

    private int spawn(MemorySegment actions, int ruleset) throws SandboxException {
        List<String> command = wrapped == null ? launch.command() : wrapped.command();
        String path = command.getFirst();
        List<String> environment =
                wrapped != null
                        ? List.of()
                        : launch.env().entrySet().stream()
                                .map((Map.Entry<String, String> e) ->
                                        e.getKey() + "=" + e.getValue())
                                .toList();
        var program =
                new Confinement.Program(
                        arena.allocateFrom(path),
                        actions,
                        parts.attributes(),
                        Native.strings(arena, command),
                        Native.strings(arena, environment));
        boolean lendReach = uid != null && !Reach.everybody(launch);
        List<Step> steps =
                wrapped == null
                        ? Surrender.steps(arena, parts, uid, lendReach, ruleset, parts.filter())
                        : Surrender.steps(arena, parts, uid, false, -1, parts.gate());
        var confinement =
                new Confinement(
                        arena, kernel.calls, steps, steps.size() - 1, true, program, progress);
        parts.poller().watch(progress, signals, Signal.PROGRESS);
        Thread.ofPlatform().daemon().name("jail-launch").start(confinement);
        while (!confinement.ended()) {
            attend(confinement);
        }
        String failure = confinement.failure(steps, path);
        if (failure != null) {
            throw new SandboxException("the sandbox could not start " + path + ": " + failure);
        }
        return confinement.pid();
    }

    /** Waits for the next thing to happen and does what it asks for. */
    private void attend(Confinement confinement) throws SandboxException {
        boolean interrupted = false;
        Signal signal;
        while (true) {
            try {
                signal = signals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                break;
            } catch (InterruptedException e) {
                interrupted =
                        true; // the child is there within milliseconds, and can be killed then
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (signal == null) {
            if (gated != null) {
                kernel.kill(gated.pid);
            }
            throw new SandboxException(
                    "the sandbox did not start "
                            + launch.command().getFirst()
                            + " within "
                            + PATIENCE_SECONDS
                            + " s");
        }
        if (signal == Signal.GATE) {
            limit(confinement.listener());
        } else {
            int listener = confinement.listener();
            if (listener >= 0 && !descriptors.contains(listener)) {
                keep(listener);
                parts.poller().watch(listener, signals, Signal.GATE);
            }
            kernel.clear(progress);
            parts.poller().again(progress);
            if (gated != null && gated.limiter.ended()) {
                openGate(listener, gated);
            }
        }
    }

    /**
     * The child waits: sets its limits. That is up to a thread of the child's own user, since root
     * itself may not without CAP_SYS_RESOURCE, which containers lack.
     */
    private void limit(int listener) throws SandboxException {
        MemorySegment asked = arena.allocate(80, 8);
        Kernel.check(
                "seccomp notification",
                kernel.call("ioctl", listener, SECCOMP_IOCTL_NOTIF_RECV, asked.address()));
        int pid = asked.get(JAVA_INT, 8);
        if (cgroup != null) {
            try {
                cgroup.enter(pid);
            } catch (IOException e) {
                kernel.kill(pid);
                throw new SandboxException(
                        "the sandbox could not put a process into its control group: "
                                + e.getMessage());
            }
        }
        List<Step> steps = limits(pid);
        var limiter = new Confinement(arena, kernel.calls, steps, -1, true, null, progress);
        gated = new Gated(pid, asked.get(JAVA_LONG, 0), steps, limiter);
        if (uid == null) {
            limiter.run();
        } else {
            Thread.ofPlatform().daemon().name("jail-limits").start(limiter);
        }
    }

    /** Lets the child become the program, or fail if its limits could not be set. */
    private void openGate(int listener, Gated child) throws SandboxException {
        String failure = child.limiter.failure(child.steps, "limits");
        MemorySegment answer = arena.allocate(24, 8);
        answer.set(JAVA_LONG, 0, child.notification);
        answer.set(JAVA_INT, 16, failure == null ? 0 : -1);
        kernel.call("ioctl", listener, SECCOMP_IOCTL_NOTIF_SEND, answer.address());
        gated = null;
        if (failure != null) {
            throw new SandboxException("the sandbox could not set limits: " + failure);
        }
    }

    private List<Step> limits(int pid) {
        Sandbox.Limits limits = launch.limits();
        int others = uid != null ? 0 : parts.usersTasks().getAsInt();
        var steps = new ArrayList<Step>();
        if (uid != null) {
            steps.addAll(Surrender.become(uid));
        }
        steps.add(limit(pid, Rlimit.CPU, limits.cpuTime().toSeconds() + 2));
        steps.add(limit(pid, Rlimit.FSIZE, limits.diskBytes()));
        // a backstop for what grows faster than the watchdog looks; it acts on the whole tree
        steps.add(limit(pid, Rlimit.DATA, 4 * limits.memoryBytes() + (1L << 30)));
        steps.add(limit(pid, Rlimit.CORE, 0));
        steps.add(limit(pid, Rlimit.NPROC, (long) others + limits.processes() + THREADS));
        steps.add(limit(pid, Rlimit.NOFILE, limits.openFiles()));
        steps.add(limit(pid, Rlimit.MEMLOCK, 0));
        steps.add(limit(pid, Rlimit.NICE, 0));
        steps.add(limit(pid, Rlimit.RTPRIO, 0));
        steps.add(limit(pid, Rlimit.RTTIME, stamp));
        return steps;
    }

    /** Sets both the soft and the hard limit, as far up as the server's own allows. */
    private Step limit(int pid, Rlimit limit, long value) {
        long most = parts.hardLimits()[limit.ordinal()];
        long set = Long.compareUnsigned(value, most) < 0 ? value : most;
        MemorySegment pair = arena.allocate(16, 8);
        pair.set(JAVA_LONG, 0, set);
        pair.set(JAVA_LONG, 8, set);
        return new Step("prlimit64", pid, limit.number, pair.address(), 0);
    }

    /** Gives the writable folders, and all that lies in them, to the attempt's user. */
    private void giveFolders() throws SandboxException {
        if (uid == null) {
            return;
        }
        for (Path folder : launch.readWrite()) {
            try (Stream<Path> all = Files.walk(folder);
                    Arena arena = Arena.ofConfined()) {
                for (Path path : (Iterable<Path>) all::iterator) {
                    Kernel.check(
                            "chown " + path,
                            kernel.call(
                                    "fchownat",
                                    AT_FDCWD,
                                    arena.allocateFrom(path.toString()).address(),
                                    uid,
                                    uid,
                                    AT_SYMLINK_NOFOLLOW));
                }
            } catch (IOException e) {
                throw new SandboxException(
                        "the sandbox cannot hand over " + folder + ": " + e.getMessage());
            }
        }
    }

    /**
     * The attributes of every child, never freed: a session of its own, no signal blocked or
     * ignored.
     */
    static MemorySegment attributes() {
        MemorySegment attributes = Arena.global().allocate(Native.OPAQUE_BYTES, 16);
        MemorySegment none = Arena.global().allocate(128, 8);
        MemorySegment all = Arena.global().allocate(128, 8).fill((byte) 0xff);
        short flags = 0x04 | 0x08 | 0x80; // SETSIGDEF, SETSIGMASK, SETSID of spawn.h
        Native.prepare("posix_spawnattr_init", attributes);
        Native.prepare("posix_spawnattr_setflags", attributes, flags);
        Native.prepare("posix_spawnattr_setsigmask", attributes, none.address());
        Native.prepare("posix_spawnattr_setsigdefault", attributes, all.address());
        return attributes;
    }
}
