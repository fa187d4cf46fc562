package dev.sluice.sandbox.jail;

import dev.sluice.sandbox.jail.Poller.Signal;
import dev.sluice.spi.Sandbox;
import dev.sluice.spi.SandboxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One launch from its start to the last process gone. Everything that belongs to it happens on the
 * thread that calls {@link #run}, which parks on its queue of signals; only the watchdog looks in
 * from outside.
 */
final class Attempt implements Watchdog.Watched {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Jail.Parts parts;
    private final Sandbox.Launch launch;
    private final Sandbox.Output output;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Map<Signal, Integer> streams = new EnumMap<>(Signal.class);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final long startNanos;
    private final Tree tree;
    private final int pidDescriptor;
    private final Cgroups.@Nullable Group cgroup;
    private volatile @Nullable String limit;
    private long leftBytes;
    private long droppedBytes;
    private long nextDiskNanos;
    private boolean overran;

    private Attempt(
            Jail.Parts parts,
            Sandbox.Launch launch,
            Sandbox.Output output,
            long startNanos,
            Launcher.Started child,
            @Nullable Integer uid,
            Cgroups.@Nullable Group cgroup,
            int extraProcesses) {
        this.startNanos = startNanos;
        this.nextDiskNanos = startNanos;
        this.parts = parts;
        this.launch = launch;
        this.cgroup = cgroup;
        this.output = output;
        this.leftBytes = launch.limits().outputBytes();
        this.tree =
                new Tree(
                        parts.kernel(),
                        parts.processes(),
                        parts.pageBytes(),
                        child.stamp(),
                        child.pid(),
                        uid,
                        extraProcesses);
        streams.put(Signal.STDOUT, child.stdout());
        streams.put(Signal.STDERR, child.stderr());
        streams.put(Signal.CONTROL, child.control());
        this.pidDescriptor = child.pidDescriptor();
    }

    static Sandbox.Exit run(
            Jail.Parts parts,
            Sandbox.Launch launch,
            Jail.@Nullable Wrapped wrapped,
            Sandbox.Output output)
            throws SandboxException, InterruptedException {
        long startNanos = System.nanoTime();
        Integer uid = parts.slots().take(launch);
        boolean gone = true;
        try {
            if (wrapped != null) {
                refuseRoot(parts, launch, uid);
            } else if (uid == null && parts.landlock().abi < Landlock.SCOPES_SIGNALS) {
                throw new SandboxException(
                        "this kernel cannot keep a process from signalling others of its user"
                                + " (Linux 6.12 can); put the working folder and what it reads"
                                + " where every user may go, so that it gets a user of its own: "
                                + launch.workDir());
            }
            try (Cgroups.Group cgroup = cgroup(parts, launch)) {
                Launcher.Started child = Launcher.start(parts, launch, wrapped, uid, cgroup);
                var attempt =
                        new Attempt(
                                parts,
                                launch,
                                output,
                                startNanos,
                                child,
                                uid,
                                cgroup,
                                wrapped == null ? 0 : wrapped.processes());
                try {
                    return attempt.live();
                } finally {
                    gone = attempt.close();
                }
            }
        } finally {
            // a user whose processes would not die is not given to anybody else
            if (gone) {
                parts.slots().giveBack(uid);
            }
        }
    }

    /** Below folders that only root may enter a user of its own finds nothing without Landlock. */
    private static void refuseRoot(Jail.Parts parts, Sandbox.Launch launch, @Nullable Integer uid)
            throws SandboxException {
        if (uid != null && !Reach.everybody(launch)) {
            throw new SandboxException(
                    "this sandbox gives each attempt a user of its own, who cannot come to all of "
                            + launch.command().getFirst()
                            + ", "
                            + launch.readOnly()
                            + " and "
                            + launch.readWrite()
                            + ": put the data directory and the interpreter where every user may"
                            + " go, or run the server as an ordinary user");
        }
        if (uid == null && parts.root()) {
            throw new SandboxException(
                    "this sandbox does not run code as root: run the server as an ordinary user,"
                            + " or with the powers to give attempts users of their own");
        }
    }

    private static Cgroups.@Nullable Group cgroup(Jail.Parts parts, Sandbox.Launch launch)
            throws SandboxException {
        Cgroups cgroups = parts.cgroups();
        if (cgroups == null) {
            return null;
        }
        Sandbox.Limits limits = launch.limits();
        long tasks = (long) limits.processes() + Launcher.THREADS;
        try {
            return cgroups.make(limits.memoryBytes(), tasks, limits.cpus());
        } catch (IOException e) {
            throw new SandboxException(
                    "the sandbox could not make a control group: " + e.getMessage());
        }
    }

    private Sandbox.Exit live() throws InterruptedException {
        streams.forEach((signal, end) -> parts.poller().watch(end, signals, signal));
        parts.poller().watch(pidDescriptor, signals, Signal.EXITED);
        parts.watchdog().add(this);
        boolean running = true;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK_BYTES);
            while (running || !streams.isEmpty()) {
                Signal signal = signals.take();
                switch (signal) {
                    case STDOUT, STDERR, CONTROL -> pump(signal, buffer);
                    case LIMIT -> tree.end();
                    case EXITED -> {
                        running = false;
                        if (!tree.end()) {
                            overran = true;
                        }
                    }
                    case PROGRESS, GATE -> throw new IllegalStateException("late " + signal);
                }
            }
        }
        return exit();
    }

    private Sandbox.Exit exit() {
        ended.set(true);
        Kernel.Ended main = tree.reapMain(0);
        long cpuMillis = cgroup == null ? tree.cpuMillis() : cgroup.cpuMillis();
        long peakBytes = cgroup == null ? tree.peakBytes() : cgroup.peakBytes();
        String why = limit;
        if (why == null) {
            why = afterwards(main, cpuMillis);
        }
        long wallMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        var usage = new Sandbox.Usage(cpuMillis, peakBytes, wallMillis);
        return new Sandbox.Exit(main.code(), why, droppedBytes, usage);
    }

    /** The limits that the kernel enforced, or that were overrun between two looks. */
    private @Nullable String afterwards(Kernel.Ended main, long cpuMillis) {
        long allowed = launch.limits().cpuTime().toMillis();
        int code = main.code();
        if (cgroup != null && cgroup.outOfMemory()) {
            return Reasons.memory(launch.limits().memoryBytes(), cgroup.peakBytes());
        }
        if (cpuMillis > allowed && code > 128) {
            return Reasons.cpu(allowed, cpuMillis);
        }
        int processes = launch.limits().processes();
        if (tree.peakProcesses() > processes) {
            return Reasons.processes(processes, tree.peakProcesses());
        }
        if (code == 128 + 25) {
            return Reasons.fileSize(launch.limits().diskBytes());
        }
        return disk();
    }

    private void pump(Signal signal, MemorySegment buffer) {
        int end = java.util.Objects.requireNonNull(streams.get(signal));
        int read = parts.kernel().read(end, buffer);
        if (read > 0) {
            deliver(signal, Kernel.copy(buffer, read));
        }
        if (read > 0 || read == -Kernel.EAGAIN) {
            parts.poller().again(end);
        } else {
            parts.poller().forget(end);
            parts.kernel().close(end);
            streams.remove(signal);
        }
    }

    private void deliver(Signal signal, byte[] bytes) {
        int length = bytes.length;
        if (signal == Signal.CONTROL) {
            output.control(bytes, length);
            return;
        }
        int taken = (int) Math.min(leftBytes, length);
        leftBytes -= taken;
        droppedBytes += length - taken;
        if (taken > 0 && signal == Signal.STDOUT) {
            output.stdout(bytes, taken);
        } else if (taken > 0) {
            output.stderr(bytes, taken);
        }
    }

    @Override
    public long look() {
        Sandbox.Limits limits = launch.limits();
        long age = System.nanoTime() - startNanos;
        try {
            Tree.Sample now = tree.sample(limits.memoryBytes());
            String why = exceeded(limits, now, age);
            if (why != null) {
                end(why);
            }
            boolean close = now.bytes() > limits.memoryBytes() / 2 || age < YOUNG_NANOS;
            return close ? 0 : Math.max(0, limits.wallTime().toNanos() - age);
        } catch (RuntimeException e) {
            return giveUp(e);
        }
    }

    @Override
    public long giveUp(RuntimeException why) {
        end("the sandbox could not watch it: " + why.getMessage());
        return 0;
    }

    private void end(String why) {
        if (limit == null && !ended.get()) {
            limit = why;
            signals.add(Signal.LIMIT);
            tree.kill();
        }
    }

    private @Nullable String exceeded(Sandbox.Limits limits, Tree.Sample now, long age) {
        if (now.bytes() > limits.memoryBytes()) {
            return Reasons.memory(limits.memoryBytes(), now.bytes());
        }
        if (cgroup != null && cgroup.outOfMemory()) {
            return Reasons.memory(limits.memoryBytes(), cgroup.peakBytes());
        }
        if (now.processes() > limits.processes()) {
            return Reasons.processes(limits.processes(), now.processes());
        }
        long cpuMillis = cgroup == null ? now.cpuMillis() : cgroup.cpuMillis();
        if (cpuMillis > limits.cpuTime().toMillis()) {
            return Reasons.cpu(limits.cpuTime().toMillis(), cpuMillis);
        }
        if (age > limits.wallTime().toNanos()) {
            return Reasons.wall(limits.wallTime());
        }
        if (System.nanoTime() - nextDiskNanos > 0) {
            long start = System.nanoTime();
            String why = disk();
            nextDiskNanos = System.nanoTime() + 20 * (System.nanoTime() - start);
            return why;
        }
        return null;
    }

    private @Nullable String disk() {
        // those without a name first: the other way round a file might be counted twice
        long deleted = tree.deletedBytes();
        DiskUse use = DiskUse.of(launch.readWrite());
        long allowed = launch.limits().diskBytes();
        long bytes = use.bytes() + deleted;
        if (bytes > allowed) {
            return Reasons.disk(allowed, bytes);
        }
        long most = launch.limits().files();
        return use.files() > most ? Reasons.files(most, use.files()) : null;
    }

    /** Leaves no process and no descriptor, whatever happened; false if something lives on. */
    private boolean close() {
        parts.watchdog().remove(this);
        boolean gone = !overran && (ended.get() || tree.end());
        if (gone && !ended.getAndSet(true)) {
            tree.reapMain(0);
        }
        parts.poller().forget(pidDescriptor);
        parts.kernel().close(pidDescriptor);
        for (int end : streams.values()) {
            parts.poller().forget(end);
            parts.kernel().close(end);
        }
        streams.clear();
        return gone;
    }
}
