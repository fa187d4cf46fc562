package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.Outcome;
import dev.sluice.model.RunId;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * One run under a shell whose clock, workers, journal and crashes come from a seed. Completions are
 * late, out of order and told twice; commits fail; the process dies and folds its journal; people
 * pause, resume, cancel and answer.
 */
final class Simulation {
    private static final int STEPS_MAX = 20_000;

    private final SplittableRandom random;
    private final Plan plan;
    private final List<byte[]> journal = new ArrayList<>();
    private final Invariants invariants;
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private RunFold run;
    private long now = 1_000_000_000;
    private long order;
    private int epochs;
    private boolean calm;

    private record Due(long at, long order, Command command) {}

    Simulation(long seed) {
        this.random = new SplittableRandom(seed);
        this.plan = new RandomPlan(random).next();
        this.run = empty();
        this.invariants = new Invariants(plan);
    }

    private RunFold empty() {
        return new RunFold(
                new RunIdentity(TenantId.DEFAULT, new RunId(7), new FlowId("random"), 1), plan);
    }

    /** Runs to the end, through up to three epochs; the number of events that were checked. */
    int play() {
        boolean queued = random.nextInt(6) == 0;
        later(
                0,
                new Command.Submit(
                        Map.of(),
                        Value.MapOf.EMPTY,
                        "",
                        "me",
                        random.nextLong(),
                        null,
                        0,
                        queued,
                        reused(),
                        new RunId(3)));
        if (queued) {
            later(1_000_000, new Command.Start());
        }
        int steps = 0;
        while (!due.isEmpty() || !run.state().isEnded()) {
            if (++steps > STEPS_MAX) {
                throw new AssertionError("the run does not end: " + RunViews.of(run, now));
            }
            calm = steps > STEPS_MAX / 2;
            meddle();
            if (due.isEmpty()) {
                unblock();
            } else {
                Due next = due.poll();
                now = Math.max(now + 1, next.at());
                deliver(next.command());
            }
            if (run.state().isEnded() && due.isEmpty() && epochs < 2 && random.nextBoolean()) {
                epochs++;
                later(10, new Command.Resume("me"));
            }
        }
        invariants.atRest(run);
        return invariants.eventsSeen();
    }

    /** Now and then some tasks take an earlier run's outputs over. */
    private Map<Integer, Map<String, Value>> reused() {
        Map<Integer, Map<String, Value>> reused = new HashMap<>();
        if (random.nextInt(8) == 0) {
            for (Plan.Task task : plan.tasks()) {
                if (random.nextInt(3) == 0) {
                    reused.put(task.index(), Map.of("v", Value.of(4)));
                }
            }
        }
        return reused;
    }

    private void later(long micros, Command command) {
        due.add(new Due(now + micros, order++, command));
    }

    /** What people and fate do between two events. */
    private void meddle() {
        if (journal.isEmpty() || calm) {
            return;
        }
        switch (random.nextInt(90)) {
            case 0 -> crash();
            case 4 -> {
                putDown();
                crash();
            }
            case 1 -> later(0, new Command.Pause("me"));
            case 2 -> later(random.nextInt(3_000_000), new Command.Resume("me"));
            case 3 -> {
                if (random.nextInt(6) == 0) {
                    later(0, new Command.Cancel("me"));
                }
            }
            default -> {}
        }
    }

    /** Nothing is due, yet the run has not ended: somebody has to act. */
    private void unblock() {
        if (run.state().isEnded()) {
            return;
        }
        if (run.state() == dev.sluice.model.RunState.PAUSED) {
            later(0, new Command.Resume("me"));
            return;
        }
        boolean[] acted = {false};
        run.graph.forEachSlot((slot, task) -> {
            if (slot.phase == Slot.Phase.DELEGATED && !run.graph.isCancelling()) {
                acted[0] = true;
                later(0, new Command.ChildEnded(task, slot.item, slot.attempt, Map.of(), null));
            }
            if (slot.phase == Slot.Phase.ASKING) {
                acted[0] = true;
                later(0, new Command.Answer(task, slot.item, "me", Map.of("v", Value.of(true))));
            }
        });
        if (!acted[0]) {
            throw new AssertionError(
                    "nothing is due, but the run has not ended: " + RunViews.of(run, now));
        }
    }

    private void deliver(Command command) {
        boolean commitFails = !calm && !journal.isEmpty() && random.nextInt(40) == 0;
        Decision decision = Engine.decide(run, command, clock());
        if (!(decision instanceof Decision.Accepted accepted)) {
            return;
        }
        if (commitFails && !accepted.events().isEmpty()) {
            run = fold(); // what was decided is thrown away, and the report is put back
            later(500_000, command);
            return;
        }
        if (!accepted.events().isEmpty()) {
            journal.add(EventCodec.encode(accepted.events()));
            for (RunEvent event : accepted.events()) {
                invariants.after(event);
            }
            if (random.nextInt(3) == 0) {
                invariants.same(fold(), run, now);
            }
            invariants.states(run);
        }
        accepted.effects().forEach(this::release);
        if (random.nextInt(15) == 0 && command instanceof Command.AttemptEnded) {
            later(random.nextInt(2_000_000), command); // told twice
        }
    }

    /** A clock that sometimes runs backwards, as wall clocks do. */
    private long clock() {
        return random.nextInt(20) == 0 ? now - random.nextInt(1_000_000) : now;
    }

    /** The shell stops in order: nothing is lost with guilt, and nothing new starts. */
    private void putDown() {
        if (Engine.decideAtRest(run, new Command.AttemptsLost(false), clock())
                        instanceof Decision.Accepted a
                && !a.events().isEmpty()) {
            journal.add(EventCodec.encode(a.events()));
            a.events().forEach(invariants::after);
        }
        invariants.nothingRuns();
    }

    private void crash() {
        due.removeIf(d -> isLostInACrash(d.command()));
        run = fold();
        deliverAfterCrash();
    }

    private static boolean isLostInACrash(Command command) {
        return switch (command) {
            case Command.AttemptEnded _,
                    Command.TimerDue _,
                    Command.RunTimeDue _,
                    Command.ChildEnded _ ->
                    true;
            case Command.Submit _,
                    Command.Start _,
                    Command.AttemptsLost _,
                    Command.Answer _,
                    Command.Pause _,
                    Command.Resume _,
                    Command.Cancel _ ->
                    false;
        };
    }

    private void deliverAfterCrash() {
        if (Engine.decide(run, new Command.AttemptsLost(true), now) instanceof Decision.Accepted a
                && !a.events().isEmpty()) {
            journal.add(EventCodec.encode(a.events()));
            a.events().forEach(invariants::after);
        }
        run.effects().forEach(this::release);
    }

    private RunFold fold() {
        RunFold folded = empty();
        for (byte[] payload : journal) {
            EventCodec.decode(payload).forEach(folded::apply);
        }
        return folded;
    }

    private void release(Effect effect) {
        switch (effect) {
            case Effect.Dispatch e ->
                    later(
                            random.nextInt(1_500_000),
                            new Command.AttemptEnded(
                                    e.task(),
                                    e.item(),
                                    e.attempt(),
                                    outcome(e),
                                    random.nextInt(5) == 0 ? Map.of("m", 1.0) : Map.of()));
            case Effect.Abort e ->
                    later(
                            random.nextInt(100_000),
                            new Command.AttemptEnded(
                                    e.task(),
                                    e.item(),
                                    e.attempt(),
                                    new Outcome.Failed("cancelled", false)));
            case Effect.AbortChild e ->
                    later(
                            random.nextInt(100_000),
                            new Command.ChildEnded(
                                    e.task(), e.item(), e.attempt(), Map.of(), "cancelled"));
            case Effect.ArmTimer e ->
                    later(
                            Math.max(0, e.at() - now),
                            new Command.TimerDue(e.task(), e.item(), e.attempt()));
            case Effect.ArmRunTimer e -> later(Math.max(0, e.at() - now), new Command.RunTimeDue());
            case Effect.StartChild e -> {
                if (random.nextInt(4) > 0) { // the others are stuck until somebody acts
                    later(
                            random.nextInt(2_000_000),
                            new Command.ChildEnded(
                                    e.task(),
                                    e.item(),
                                    e.attempt(),
                                    Map.of("v", Value.of(1)),
                                    random.nextInt(4) == 0 ? "child failed" : null));
                }
            }
            case Effect.TellEnded _ -> invariants.told();
        }
    }

    private Outcome outcome(Effect.Dispatch dispatch) {
        int roll = random.nextInt(20);
        if (roll < 11 || dispatch.item() == RunEvent.GATHER) {
            return new Outcome.Succeeded(Map.of("v", output()));
        }
        return switch (roll) {
            case 11, 12, 13, 14 -> new Outcome.Failed("no luck", true);
            case 15 -> new Outcome.Failed("never", false);
            case 16 ->
                    new Outcome.WaitUntil(
                            now + random.nextInt(3_000_000), Map.of("v", Value.of(2)));
            case 17 -> new Outcome.Ask(Value.MapOf.EMPTY);
            case 18 -> new Outcome.Delegate(new FlowId("child"), null, Map.of());
            default -> new Outcome.Reused(Map.of("v", Value.of(3)), new RunId(3));
        };
    }

    private Value output() {
        if (random.nextInt(6) == 0) {
            return new Value.Artifact(
                    dev.sluice.model.Digest.of(new byte[] {1}),
                    1,
                    Value.Artifact.PARQUET,
                    "t.parquet",
                    new Value.TableInfo(List.of(new Value.Column("a", "BIGINT")), 1));
        }
        return Value.of(random.nextInt());
    }
}
