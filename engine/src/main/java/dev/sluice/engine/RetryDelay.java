package dev.sluice.engine;

import dev.sluice.model.RetryPolicy;

/** How long a failed attempt waits before the next one. */
final class RetryDelay {
    private RetryDelay() {}

    /**
     * The policy's delay, lengthened by up to a fifth so that many that failed together do not come
     * back together. The jitter is a function of the run's seed and the attempt, so that a replay
     * of the history agrees.
     */
    static long micros(RetryPolicy policy, long seed, int task, Slot slot) {
        double delay = policy.delay().toNanos() / 1000.0;
        if (policy.exponential()) {
            delay *= Math.pow(2, Math.min(slot.failures, 40));
        }
        delay = Math.min(delay, policy.maxDelay().toNanos() / 1000.0);
        long mixed = seed ^ (task * 0x9E3779B97F4A7C15L) ^ (slot.item * 0xC2B2AE3D27D4EB4FL);
        mixed = (mixed + slot.attempt) * 0xBF58476D1CE4E5B9L;
        mixed ^= mixed >>> 31;
        double jitter = (mixed >>> 11) * 0x1.0p-53;
        return Math.max(1, (long) (delay * (1 + 0.2 * jitter)));
    }
}
