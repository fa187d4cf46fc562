package dev.sluice.sandbox.jail;

import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * All processes of one attempt, however they were forked. The server is their subreaper, so
 * whatever loses its parent becomes the server's child; here it is reaped, by its number, so that
 * nothing is taken from other code that waits for children of its own. Thread-safe.
 */
final class Tree {
    /** What the tree holds and has used so far. */
    record Sample(int processes, long bytes, long cpuMillis) {}

    private static final long SERVER = ProcessHandle.current().pid();
    private static final long TICK_MILLIS = 10; // USER_HZ is 100 on both architectures
    private static final int ROUNDS = 50;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Kernel kernel;
    private final Processes processes;
    private final long pageBytes;
    private final long stamp;
    private final int main;
    private final @Nullable Integer uid;
    private final int extra;
    private boolean reaped;
    private long reapedCpuMillis;
    private long peakBytes;
    private int peakProcesses;

    Tree(
            Kernel kernel,
            Processes processes,
            long pageBytes,
            long stamp,
            int main,
            @Nullable Integer uid,
            int extra) {
        this.kernel = kernel;
        this.processes = processes;
        this.pageBytes = pageBytes;
        this.stamp = stamp;
        this.main = main;
        this.uid = uid;
        this.extra = extra;
        processes.add(main, stamp);
    }

    synchronized Sample sample(long memoryLimit) {
        List<Processes.Stat> living = living();
        long ticks = 0;
        long bytes = 0;
        for (Processes.Stat process : living) {
            ticks += process.cpuTicks();
            bytes += process.pages() * pageBytes;
        }
        // Pages shared after a fork were counted for each process: look closer before it matters.
        // Twice, since a share grows when another process ends between two of the readings.
        if (bytes > memoryLimit && living.size() > 1) {
            bytes = Math.min(shares(living), shares(living));
        }
        peakBytes = Math.max(peakBytes, bytes);
        return new Sample(living.size() - extra, bytes, reapedCpuMillis + ticks * TICK_MILLIS);
    }

    private long shares(List<Processes.Stat> living) {
        long bytes = 0;
        for (Processes.Stat process : living) {
            long share = Processes.proportionalBytes(process.pid());
            if (share < 0) {
                // not ours to read, or gone by now
                Processes.Stat now = Processes.stat(process.pid());
                share = now == null ? 0 : now.pages() * pageBytes;
            }
            bytes += share;
        }
        return bytes;
    }

    /** The living processes; reaps the dead that have become the server's children. */
    private List<Processes.Stat> living() {
        List<Processes.Stat> all = processes.of(stamp);
        for (Processes.Stat process : all) {
            if (process.dead() && process.parent() == SERVER && process.pid() != main) {
                Kernel.Ended ended = kernel.reap(process.pid(), Kernel.WNOHANG);
                if (ended != null) {
                    reapedCpuMillis += ended.cpuMillis();
                    peakBytes = Math.max(peakBytes, ended.peakBytes());
                    processes.remove(process.pid());
                }
            }
        }
        List<Processes.Stat> living = all.stream().filter(process -> !process.dead()).toList();
        peakProcesses = Math.max(peakProcesses, living.size() - extra);
        return living;
    }

    synchronized long deletedBytes() {
        return living().stream().mapToLong(process -> Processes.deletedBytes(process.pid())).sum();
    }

    /**
     * Kills at once what can be killed at once: all processes of the attempt's own user, or else
     * the group in which its main process started.
     */
    synchronized void kill() {
        if (uid != null) {
            Purge.kill(kernel, uid);
        } else if (!reaped) {
            kernel.killGroup(main);
        }
    }

    /**
     * Kills what it can find, one by one. Something that forks faster than it is killed would
     * replace itself for ever, so nothing is killed before nothing runs that could fork.
     */
    private synchronized void killEach() {
        var frozen = new HashSet<Integer>();
        boolean more = true;
        for (int i = 0; i < ROUNDS && more; i++) {
            more = false;
            for (Processes.Stat process : living()) {
                if (frozen.add(process.pid())) {
                    kernel.freeze(process.pid());
                    more = true;
                }
            }
            processes.look(main);
        }
        living().forEach(process -> kernel.kill(process.pid()));
    }

    /**
     * Kills everything and returns when nothing but the dead main process is left, which the caller
     * reaps; false if something would not die within ten seconds.
     */
    boolean end() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE_NANOS) {
            if (nothingLeft()) {
                return true;
            }
            kill();
            killEach();
            LockSupport.parkNanos(200_000);
        }
        return false;
    }

    private synchronized boolean nothingLeft() {
        processes.look(main);
        living();
        return processes.of(stamp).stream()
                .allMatch(process -> process.pid() == main && process.dead());
    }

    /** Reaps the main process, which must be dead. */
    synchronized Kernel.Ended reapMain(int flags) {
        Kernel.Ended ended = kernel.reap(main, flags);
        if (ended == null) {
            throw new IllegalStateException("process " + main + " is not there to be reaped");
        }
        reaped = true;
        // not its peak: the kernel counts in what the server held when it forked
        reapedCpuMillis += ended.cpuMillis();
        processes.remove(main);
        return ended;
    }

    synchronized long cpuMillis() {
        return reapedCpuMillis;
    }

    synchronized int peakProcesses() {
        return peakProcesses;
    }

    synchronized long peakBytes() {
        return peakBytes;
    }
}
