package dev.sluice.sandbox.jail;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One platform thread that waits, by epoll(7), for the pipes and processes of all attempts, so that
 * the (virtual) threads which run them can park: a blocking read through a foreign function would
 * hold a carrier thread for as long as the process is silent.
 *
 * <p>Each watched descriptor is reported once, as a signal put into its attempt's queue, and again
 * after {@link #again}: nothing piles up while an attempt is slow to read.
 */
final class Poller {
    /** What happened to an attempt. */
    enum Signal {
        /** The launch thread has gone on a step. */
        PROGRESS,
        /** The child waits for its limits. */
        GATE,
        STDOUT,
        STDERR,
        CONTROL,
        EXITED,
        LIMIT
    }

    /** The number tells a watch from an earlier one of the same descriptor. */
    private record Watch(int number, BlockingQueue<Signal> queue, Signal signal) {}

    private static final int IN = 1;
    private static final int ONE_SHOT = 1 << 30;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int EVENTS = 64;

    private final Kernel kernel;
    private final int epoll;
    private final long eventBytes;
    private final long dataOffset;
    private final Map<Integer, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();

    Poller(Kernel kernel) {
        this.kernel = kernel;
        // struct epoll_event is packed on amd64 only
        boolean packed = kernel.calls.machine == Syscalls.Machine.AMD64;
        this.eventBytes = packed ? 12 : 16;
        this.dataOffset = packed ? 4 : 8;
        this.epoll =
                (int) Kernel.check("epoll_create1", kernel.call("epoll_create1", Kernel.O_CLOEXEC));
        Thread.ofPlatform().daemon().name("jail-poller").start(this::poll);
    }

    void watch(int descriptor, BlockingQueue<Signal> queue, Signal signal) {
        var watch = new Watch(numbers.incrementAndGet(), queue, signal);
        watches.put(descriptor, watch);
        control(ADD, descriptor, watch);
    }

    void again(int descriptor) {
        Watch watch = watches.get(descriptor);
        if (watch != null) {
            control(MODIFY, descriptor, watch);
        }
    }

    /** To be called before the descriptor is closed. */
    void forget(int descriptor) {
        if (watches.remove(descriptor) != null) {
            kernel.call("epoll_ctl", epoll, DELETE, descriptor, 0);
        }
    }

    private void control(int operation, int descriptor, Watch watch) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(eventBytes, 8);
            event.set(JAVA_INT_UNALIGNED, 0, IN | ONE_SHOT);
            event.set(JAVA_INT_UNALIGNED, dataOffset, descriptor);
            event.set(JAVA_INT_UNALIGNED, dataOffset + 4, watch.number);
            Kernel.check(
                    "epoll_ctl",
                    kernel.call("epoll_ctl", epoll, operation, descriptor, event.address()));
        }
    }

    private void poll() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(eventBytes * EVENTS, 8);
            while (true) {
                long n = kernel.call("epoll_pwait", epoll, events.address(), EVENTS, -1, 0, 8);
                for (long i = 0; i < n; i++) {
                    long data = i * eventBytes + dataOffset;
                    Watch watch = watches.get(events.get(JAVA_INT_UNALIGNED, data));
                    if (watch != null && watch.number == events.get(JAVA_INT_UNALIGNED, data + 4)) {
                        // bounded by the descriptors of an attempt, each of which is armed once
                        watch.queue.add(watch.signal);
                    }
                }
            }
        }
    }
}
