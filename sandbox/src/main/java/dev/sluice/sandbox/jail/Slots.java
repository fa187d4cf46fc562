package dev.sluice.sandbox.jail;

import dev.sluice.spi.Sandbox;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Whom attempts run as. A server that runs as root gives each attempt in flight a user of its own,
 * so that the kernel itself keeps them apart; an ordinary user's attempts run as that user.
 * Thread-safe.
 */
final class Slots {
    static final int FIRST_UID = 20_000;
    private static final int MOST = 10_000;

    /** CHOWN, DAC_OVERRIDE, KILL, SETGID, SETUID of linux/capability.h. */
    private static final long NEEDED = 1L | 1L << 1 | 1L << 5 | 1L << 6 | 1L << 7;

    private final BitSet taken = new BitSet();
    final boolean ownUsers;
    private final boolean canLendReach;

    Slots() {
        String status = Processes.read("/proc/self/status");
        int line = status == null ? -1 : status.indexOf("\nCapEff:\t");
        long capabilities =
                status == null || line < 0
                        ? 0
                        : Long.parseUnsignedLong(status.substring(line + 9, line + 25), 16);
        this.ownUsers = (capabilities & NEEDED) == NEEDED;
        long lending = 1L << Launcher.DAC_READ_SEARCH | 1L << Launcher.SETPCAP;
        this.canLendReach = (capabilities & lending) == lending;
    }

    /** The user of a new attempt, to be given back, or null if there are no users to give. */
    synchronized @Nullable Integer take(Sandbox.Launch launch) {
        if (!ownUsers || (!canLendReach && !Reach.everybody(launch))) {
            return null;
        }
        int free = taken.nextClearBit(0);
        if (free >= MOST) {
            throw new IllegalStateException("more than " + MOST + " attempts at once");
        }
        taken.set(free);
        return FIRST_UID + free;
    }

    synchronized void giveBack(@Nullable Integer uid) {
        if (uid != null) {
            taken.clear(uid - FIRST_UID);
        }
    }
}
