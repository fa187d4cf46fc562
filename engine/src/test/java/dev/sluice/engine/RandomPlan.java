package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.OnItemFailure;
import dev.sluice.model.RetryPolicy;
import dev.sluice.model.RunIf;
import dev.sluice.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Plans of every shape the format allows, from a seeded generator. */
final class RandomPlan {
    private final RandomGenerator random;

    RandomPlan(RandomGenerator random) {
        this.random = random;
    }

    Plan next() {
        int count = 1 + random.nextInt(10);
        boolean[][] needs = new boolean[count][count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < i; j++) {
                needs[i][j] = random.nextInt(3) == 0;
            }
        }
        List<Plan.Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(task(i, column(needs[i]), row(needs, i)));
        }
        Duration timeout = random.nextInt(12) == 0 ? Duration.ofSeconds(random.nextInt(20)) : null;
        Expression output = scope -> Value.of(scope.task("t0").state().name());
        return new Plan(new FlowId("random"), tasks, Map.of("first", output), timeout);
    }

    private Plan.Task task(int index, int[] needs, int[] successors) {
        boolean perItem = random.nextInt(3) == 0;
        Plan.@Nullable Foreach foreach = random.nextInt(4) == 0 ? foreach() : null;
        return new Plan.Task(
                index,
                "t" + index,
                "fake",
                needs,
                successors,
                when(foreach != null && perItem),
                foreach != null && perItem,
                RunIf.values()[Math.max(0, random.nextInt(6) - 3)],
                random.nextInt(5) == 0,
                new RetryPolicy(
                        1 + random.nextInt(3),
                        Duration.ofMillis(random.nextInt(2000)),
                        random.nextBoolean(),
                        Duration.ofSeconds(3)),
                random.nextInt(3) == 0 ? Duration.ofSeconds(1 + random.nextInt(5)) : null,
                foreach,
                List.of("v"));
    }

    private @Nullable Expression when(boolean perItem) {
        return switch (random.nextInt(8)) {
            case 0 -> _ -> Value.of(false);
            case 1 -> _ -> Value.of(true);
            case 2 ->
                    _ -> {
                        throw new ExpressionException("no such key");
                    };
            case 3 -> scope -> Value.of(!perItem || scope.index() % 2 == 0);
            default -> null;
        };
    }

    private Plan.Foreach foreach() {
        int size = random.nextInt(6);
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(Value.of(i));
        }
        Value list = random.nextInt(15) == 0 ? Value.of("no list") : new Value.ListOf(items);
        return new Plan.Foreach(
                _ -> list,
                1 + random.nextInt(3),
                random.nextBoolean() ? OnItemFailure.STOP : OnItemFailure.CONTINUE);
    }

    private static int[] column(boolean[] needs) {
        return java.util.stream.IntStream.range(0, needs.length).filter(j -> needs[j]).toArray();
    }

    private static int[] row(boolean[][] needs, int need) {
        return java.util.stream.IntStream.range(0, needs.length)
                .filter(i -> needs[i][need])
                .toArray();
    }
}
