package dev.sluice.runtime;

import dev.sluice.engine.RunEvent;
import dev.sluice.engine.RunFold;
import dev.sluice.model.RunState;
import dev.sluice.model.TaskState;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands updates of one run to one consumer, in order, on a thread of its own, so that a slow
 * consumer holds nobody up. It may fall {@value #BACKLOG} updates behind before log lines and
 * progress are dropped; states never are.
 */
final class Watcher implements AutoCloseable {
    private static final int BACKLOG = 10_000;

    private final Consumer<RunUpdate> consumer;
    private final LinkedBlockingQueue<RunUpdate> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private TaskState @Nullable [] toldTasks;
    private @Nullable RunState toldRun;
    private volatile boolean closed;

    Watcher(Consumer<RunUpdate> consumer) {
        this.consumer = consumer;
        this.thread = Thread.ofVirtual().name("sluice-watcher").start(this::loop);
    }

    void tell(RunUpdate update) {
        boolean droppable =
                switch (update) {
                    case RunUpdate.LogLine _, RunUpdate.Progress _, RunUpdate.Metric _ -> true;
                    case RunUpdate.RunChanged _, RunUpdate.TaskChanged _, RunUpdate.ItemsKnown _ ->
                            false;
                };
        if (!closed && (!droppable || queue.size() < BACKLOG)) {
            queue.add(update);
        }
    }

    /** Tells the tasks whose state is not the one told last; writer thread only. */
    void tellTasks(RunFold run) {
        int count = run.taskCount();
        if (toldTasks == null) {
            toldTasks = new TaskState[count];
            java.util.Arrays.fill(toldTasks, TaskState.PENDING);
        }
        for (int i = 0; i < count; i++) {
            TaskState state = run.taskState(i);
            if (state != toldTasks[i]) {
                toldTasks[i] = state;
                tell(
                        new RunUpdate.TaskChanged(
                                run.path(i),
                                RunEvent.WHOLE,
                                state,
                                run.attempts(i),
                                run.taskError(i)));
            }
        }
    }

    /** Tells the run's state if it is not the one told last; writer thread only. */
    void tellRun(RunState state) {
        if (state != toldRun) {
            toldRun = state;
            tell(new RunUpdate.RunChanged(state));
        }
    }

    private void loop() {
        try {
            while (true) {
                consumer.accept(queue.take());
            }
        } catch (InterruptedException e) {
            RunUpdate left;
            while ((left = queue.poll()) != null) {
                consumer.accept(left);
            }
        } finally {
            closed = true; // also when the consumer failed: nobody takes from the queue any more
            queue.clear();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Hands over what is queued and stops. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(java.time.Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
