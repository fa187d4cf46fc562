package dev.sluice.compiler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Cycles in a graph of numbered tasks, one of each knot (strongly connected component), by Tarjan's
 * algorithm without recursion; the time is linear in tasks and edges.
 */
final class Cycles {
    private final int[][] needs;
    private final int[] order;
    private final int[] low;
    private final int[] knot;
    private final int[] towards;
    private final Deque<Integer> open = new ArrayDeque<>();
    private final List<List<Integer>> found = new ArrayList<>();
    private int count;

    private Cycles(int[][] needs) {
        this.needs = needs;
        order = new int[needs.length];
        low = new int[needs.length];
        knot = new int[needs.length];
        towards = new int[needs.length];
        Arrays.fill(knot, -1);
        Arrays.fill(towards, -1);
    }

    /**
     * Each cycle as the tasks along it, every one needing the one before and the first the last,
     * beginning with the lowest number.
     *
     * @param needs for each task the tasks it needs
     */
    static List<List<Integer>> of(int[][] needs) {
        Cycles search = new Cycles(needs);
        for (int i = 0; i < needs.length; i++) {
            if (search.order[i] == 0) {
                search.visit(i);
            }
        }
        return search.found;
    }

    private void visit(int root) {
        Deque<int[]> path = new ArrayDeque<>();
        path.push(enter(root));
        while (!path.isEmpty()) {
            int[] top = path.peek();
            int task = top[0];
            if (top[1] < needs[task].length) {
                int next = needs[task][top[1]++];
                if (order[next] == 0) {
                    path.push(enter(next));
                } else if (knot[next] < 0) {
                    low[task] = Math.min(low[task], order[next]);
                }
                continue;
            }
            path.pop();
            if (!path.isEmpty()) {
                int above = path.peek()[0];
                low[above] = Math.min(low[above], low[task]);
            }
            if (low[task] == order[task]) {
                close(task);
            }
        }
    }

    private int[] enter(int task) {
        order[task] = ++count;
        low[task] = count;
        open.push(task);
        return new int[] {task, 0};
    }

    private void close(int root) {
        List<Integer> members = new ArrayList<>();
        int member;
        do {
            member = open.pop();
            knot[member] = root;
            members.add(member);
        } while (member != root);
        if (members.size() > 1) {
            found.add(shortest(members.stream().min(Integer::compare).orElseThrow(), root));
        }
    }

    /** The shortest way from a task back to itself inside its knot. */
    private List<Integer> shortest(int start, int root) {
        Deque<Integer> queue = new ArrayDeque<>(List.of(start));
        while (true) {
            int task = queue.remove();
            for (int need : needs[task]) {
                if (need == start) {
                    List<Integer> cycle = new ArrayList<>();
                    for (int at = task; at != start; at = towards[at]) {
                        cycle.add(at);
                    }
                    cycle.addFirst(start);
                    return cycle;
                }
                if (knot[need] == root && towards[need] < 0) {
                    towards[need] = task;
                    queue.add(need);
                }
            }
        }
    }
}
