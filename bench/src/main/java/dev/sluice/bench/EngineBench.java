package dev.sluice.bench;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.TenantId;
import dev.sluice.model.Value;
import dev.sluice.runtime.Runs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What the engine costs with tasks that do nothing: latency, a chain, a fan-out with a join, and
 * runs a second.
 */
final class EngineBench {
    private static final Value.MapOf NO_TRIGGER = Value.MapOf.EMPTY;

    private final Runs runs;

    EngineBench(Runs runs) throws Exception {
        this.runs = runs;
        runs.saveFlow(TenantId.DEFAULT, one(), "bench");
        runs.saveFlow(TenantId.DEFAULT, chain(40), "bench");
        runs.saveFlow(TenantId.DEFAULT, fan(1000), "bench");
    }

    static String one() {
        return "id: one\ntasks:\n  t: {type: value, value: {ok: 1}}\n";
    }

    static String chain(int length) {
        StringBuilder text = new StringBuilder("id: chain").append(length).append("\ntasks:\n");
        for (int i = 0; i < length; i++) {
            text.append("  t").append(i).append(": {type: value, value: {ok: 1}");
            text.append(i == 0 ? "" : ", needs: [t" + (i - 1) + "]").append("}\n");
        }
        return text.toString();
    }

    static String fan(int width) {
        StringBuilder text = new StringBuilder("id: fan").append(width).append("\ntasks:\n");
        List<String> needs = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            text.append("  t").append(i).append(": {type: value, value: {ok: 1}}\n");
            needs.add("t" + i);
        }
        return text.append("  join: {type: value, value: {ok: 1}, needs: ")
                .append(needs)
                .append("}\n")
                .toString();
    }

    CompletableFuture<RunView> start(String flow) throws Exception {
        return runs.start(
                        TenantId.DEFAULT,
                        new Runs.Submission(
                                new FlowId(flow),
                                1,
                                Map.of(),
                                null,
                                Path.of("."),
                                "bench",
                                NO_TRIGGER))
                .ended();
    }

    private double millis(String flow) throws Exception {
        long begin = System.nanoTime();
        RunView view = start(flow).get();
        double millis = (System.nanoTime() - begin) / 1e6;
        if (view.state() != RunState.SUCCEEDED) {
            throw new IllegalStateException(flow + " ended " + view.state() + ": " + view.error());
        }
        return millis;
    }

    /** Sorted times of {@code count} runs, one after the other. */
    double[] latencies(String flow, int count) throws Exception {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            times[i] = millis(flow);
        }
        Arrays.sort(times);
        return times;
    }

    /** Runs a second: all submitted at once, first submission to last end. */
    double throughput(int count) throws Exception {
        long begin = System.nanoTime();
        List<CompletableFuture<RunView>> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(start("one"));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        return count / ((System.nanoTime() - begin) / 1e9);
    }
}
