package dev.sluice.cli;

import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What Ctrl-C and a polite kill mean while a run goes on, until closed. Signals rather than a
 * shutdown hook: a hook can neither tell them apart nor let the run end first.
 */
final class Interrupts implements AutoCloseable {
    private final SignalHandler oldInterrupt;
    private final SignalHandler oldTerminate;

    /**
     * @param first at the first Ctrl-C
     * @param second at each further one
     * @param terminate at SIGTERM
     */
    Interrupts(Runnable first, Runnable second, Runnable terminate) {
        AtomicInteger count = new AtomicInteger();
        oldInterrupt =
                Signal.handle(
                        new Signal("INT"),
                        _ -> {
                            if (count.getAndIncrement() == 0) {
                                Thread.ofVirtual().start(first);
                            } else {
                                second.run();
                            }
                        });
        oldTerminate = Signal.handle(new Signal("TERM"), _ -> Thread.ofPlatform().start(terminate));
    }

    @Override
    public void close() {
        Signal.handle(new Signal("INT"), oldInterrupt);
        Signal.handle(new Signal("TERM"), oldTerminate);
    }
}
