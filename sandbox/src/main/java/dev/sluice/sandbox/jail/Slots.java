package dev.sluice.sandbox.jail;

import dev.sluice.spi.Sandbox;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Whom attempts run as. A server that runs as root gives each attempt in flight a user of its own,
 * so that the kernel itself keeps them apart; an ordinary user's attempts run as that user.
 *
 * <p>Two servers of a machine must not give the same user to two attempts. So each takes a block of
 * numbers for as long as it lives, by binding an abstract socket named after it, and none in which
 * somebody runs. The numbers are those that systemd's list of users leaves unused: above 65535, or,
 * in a container with no more, below its service users. Thread-safe.
 */
final class Slots {
    /** Below all that are ever given. */
    static final int LOWEST_UID = 60_578;

    /** CHOWN, DAC_OVERRIDE, KILL, SETGID, SETUID of linux/capability.h. */
    private static final long NEEDED = 1L | 1L << 1 | 1L << 5 | 1L << 6 | 1L << 7;

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;

    private record Range(int first, int blocks, int blockSize) {}

    private static final Range WHOLE = new Range(65_536, 34, 1_000);
    private static final Range NARROW = new Range(LOWEST_UID, 6, 100);

    private final BitSet taken = new BitSet();
    private final boolean canLendReach;
    private final int firstUid;
    private final int most;
    final boolean ownUsers;

    Slots(Kernel kernel) {
        String status = Processes.read("/proc/self/status");
        int line = status == null ? -1 : status.indexOf("\nCapEff:\t");
        long capabilities =
                status == null || line < 0
                        ? 0
                        : Long.parseUnsignedLong(status.substring(line + 9, line + 25), 16);
        String map = Processes.read("/proc/self/uid_map");
        Range range = map != null && map.strip().endsWith(" 4294967295") ? WHOLE : NARROW;
        long lending = 1L << Surrender.DAC_READ_SEARCH | 1L << Surrender.SETPCAP;
        this.canLendReach = (capabilities & lending) == lending;
        this.firstUid = (capabilities & NEEDED) == NEEDED ? block(kernel, range) : -1;
        this.ownUsers = firstUid >= 0;
        this.most = range.blockSize;
    }

    /** The first user of a block that is now this server's; -1 if there is none. */
    private static int block(Kernel kernel, Range range) {
        for (int i = 0; i < range.blocks; i++) {
            int first = range.first + i * range.blockSize;
            if (reserve(kernel, first) && !inUse(first, range.blockSize)) {
                return first;
            }
        }
        return -1;
    }

    /** The socket is never closed: it goes with the server. */
    private static boolean reserve(Kernel kernel, int first) {
        byte[] name = ("sluice-users-" + first).getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            int socket = (int) kernel.call("socket", AF_UNIX, SOCK_DGRAM | Kernel.O_CLOEXEC, 0);
            MemorySegment address = arena.allocate(3L + name.length, 8);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 3, name.length);
            if (socket >= 0
                    && kernel.call("bind", socket, address.address(), address.byteSize()) == 0) {
                return true;
            }
            kernel.close(socket);
            return false;
        }
    }

    private static boolean inUse(int first, int size) {
        try {
            return Processes.users().stream().anyMatch(uid -> uid >= first && uid < first + size);
        } catch (IOException e) {
            return true;
        }
    }

    /** The user of a new attempt, to be given back, or null if there are no users to give. */
    synchronized @Nullable Integer take(Sandbox.Launch launch) {
        if (!ownUsers || (!canLendReach && !Reach.everybody(launch))) {
            return null;
        }
        int free = taken.nextClearBit(0);
        if (free >= most) {
            throw new IllegalStateException("more than " + most + " attempts at once");
        }
        taken.set(free);
        return firstUid + free;
    }

    synchronized void giveBack(@Nullable Integer uid) {
        if (uid != null) {
            taken.clear(uid - firstUid);
        }
    }
}
