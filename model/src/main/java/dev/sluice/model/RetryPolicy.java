package dev.sluice.model;

import java.time.Duration;

/**
 * How often and how fast a failed attempt is tried again.
 *
 * @param attempts tries in all, 1 to 100; 1 means no retry
 * @param delay before the second try, 0 to a day
 * @param exponential whether the delay doubles with every further try
 * @param maxDelay the longest delay
 */
public record RetryPolicy(int attempts, Duration delay, boolean exponential, Duration maxDelay) {
    public static final RetryPolicy NONE =
            new RetryPolicy(1, Duration.ZERO, false, Duration.ofDays(1));

    public RetryPolicy {
        if (attempts < 1 || attempts > 100) {
            throw new IllegalArgumentException(
                    "retry.attempts: " + attempts + " (expected: 1 to 100)");
        }
    }
}
