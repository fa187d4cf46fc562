package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A group is a name space, not a barrier. */
class GroupPropertyTest {
    private static final int SEEDS = 300;

    /**
     * @param sources tasks before it that it refers to, each in its own way
     */
    private record Vertex(String id, List<Integer> sources, List<Integer> ways) {}

    @Test
    void wrappingTasksInGroupsLeavesThePlanAsItWas() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Vertex> graph = graph(random);
            int[] groups = groups(random, graph.size());
            Map<String, Set<String>> flat = plan(text(graph, new int[graph.size()]));
            assertThat(plan(text(graph, groups))).as("seed " + seed).isEqualTo(flat);
        }
    }

    private static List<Vertex> graph(SplittableRandom random) {
        List<Vertex> graph = new ArrayList<>();
        int size = random.nextInt(2, 14);
        for (int i = 0; i < size; i++) {
            List<Integer> sources = new ArrayList<>();
            List<Integer> ways = new ArrayList<>();
            for (int j = 0; j < i; j++) {
                if (random.nextInt(3) == 0) {
                    sources.add(j);
                    ways.add(random.nextInt(3));
                }
            }
            graph.add(new Vertex("t" + i, sources, ways));
        }
        return graph;
    }

    /** The group of each task: 0 for none; group 2 stands inside group 1. */
    private static int[] groups(SplittableRandom random, int size) {
        int[] groups = new int[size];
        for (int i = 0; i < size; i++) {
            groups[i] = random.nextInt(4);
        }
        return groups;
    }

    private static String text(List<Vertex> graph, int[] groups) {
        StringBuilder text = new StringBuilder("id: f\ntasks:\n");
        tasks(text, "  ", 0, graph, groups);
        boolean hasInner = contains(groups, 2);
        if (contains(groups, 1) || hasInner) {
            text.append("  g1:\n    type: group\n    tasks:\n");
            tasks(text, "      ", 1, graph, groups);
            if (hasInner) {
                text.append("      g2:\n        type: group\n        tasks:\n");
                tasks(text, "          ", 2, graph, groups);
            }
        }
        if (contains(groups, 3)) {
            text.append("  g3:\n    type: group\n    tasks:\n");
            tasks(text, "      ", 3, graph, groups);
        }
        return text.toString();
    }

    private static boolean contains(int[] groups, int group) {
        for (int g : groups) {
            if (g == group) {
                return true;
            }
        }
        return false;
    }

    private static void tasks(
            StringBuilder text, String indent, int group, List<Vertex> graph, int[] groups) {
        for (int i = 0; i < graph.size(); i++) {
            if (groups[i] == group) {
                task(text, indent, i, graph, groups);
            }
        }
    }

    private static void task(
            StringBuilder text, String indent, int task, List<Vertex> graph, int[] groups) {
        Vertex vertex = graph.get(task);
        List<String> needs = new ArrayList<>();
        StringBuilder query = new StringBuilder("SELECT 1");
        StringBuilder env = new StringBuilder();
        for (int i = 0; i < vertex.sources().size(); i++) {
            int source = vertex.sources().get(i);
            String name = name(groups[source], groups[task]) + graph.get(source).id();
            switch (vertex.ways().get(i)) {
                case 0 -> needs.add(name);
                case 1 -> query.append(" FROM ").append(name);
                default -> env.append(" ${{ tasks.").append(name).append(".state }}");
            }
        }
        text.append(indent).append(vertex.id()).append(":\n");
        text.append(indent).append("  type: sql\n");
        text.append(indent).append("  needs: ").append(needs).append('\n');
        text.append(indent).append("  query: ").append(query).append(env).append('\n');
    }

    /** What a task in one group calls a task in another, but for the id. */
    private static String name(int of, int from) {
        return switch (of) {
            case 1 -> from == 1 || from == 2 ? "" : "g1.";
            case 2 -> from == 2 ? "" : from == 1 ? "g2." : "g1.g2.";
            case 3 -> from == 3 ? "" : "g3.";
            default -> "";
        };
    }

    private static Map<String, Set<String>> plan(String text) {
        Plan plan = FlowCompilerTest.compiled(text).plan();
        Map<String, Set<String>> needs = new TreeMap<>();
        for (Plan.Task task : plan.tasks()) {
            Set<String> sources = new TreeSet<>();
            for (int need : task.needs()) {
                sources.add(id(plan.tasks().get(need)));
                assertThat(plan.tasks().get(need).successors()).contains(task.index());
            }
            needs.put(id(task), sources);
        }
        return needs;
    }

    private static String id(Plan.Task task) {
        return task.path().substring(task.path().lastIndexOf('/') + 1);
    }
}
