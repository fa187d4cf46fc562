package dev.sluice.model;

/** How a task of a run stands. */
public enum TaskState {
    PENDING,
    READY,
    RUNNING,
    RETRYING,
    PAUSED,
    SUCCEEDED,
    FAILED,
    SKIPPED,
    CANCELLED,
    CACHED,
    UPSTREAM_FAILED;

    public boolean isEnded() {
        return switch (this) {
            case SUCCEEDED, FAILED, SKIPPED, CANCELLED, CACHED, UPSTREAM_FAILED -> true;
            case PENDING, READY, RUNNING, RETRYING, PAUSED -> false;
        };
    }

    /** Succeeded, whether it ran or came from the cache. */
    public boolean isSuccess() {
        return this == SUCCEEDED || this == CACHED;
    }
}
