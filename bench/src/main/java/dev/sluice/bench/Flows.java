package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Flows whose tasks do nothing, in the shapes that the peers were measured with. */
public final class Flows {
    private static final Pattern LIST = Pattern.compile("\\[([0-9, ]*)]");

    private Flows() {}

    public static String one() {
        return "id: one\ntasks:\n  t: {type: value, value: {ok: 1}}\n";
    }

    public static String chain(int length) {
        StringBuilder text = new StringBuilder("id: chain" + length + "\ntasks:\n");
        for (int i = 0; i < length; i++) {
            task(text, "t" + i, i == 0 ? List.of() : List.of("t" + (i - 1)));
        }
        return text.toString();
    }

    public static String fan(int width) {
        StringBuilder text = new StringBuilder("id: fan" + width + "\ntasks:\n");
        List<String> all = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            task(text, "t" + i, List.of());
            all.add("t" + i);
        }
        task(text, "join", all);
        return text.toString();
    }

    /** Tasks that each compute a number from an earlier one's, a tree of them. */
    static String expressions(int count) {
        StringBuilder text = new StringBuilder("id: expressions\ntasks:\n");
        text.append("  t0: {type: value, value: {n: 1}}\n");
        for (int i = 1; i < count; i++) {
            text.append("  t").append(i).append(": {type: value, value: {n: \"${{ tasks.t");
            text.append(i / 2).append(".outputs.n + 1 }}\"}}\n");
        }
        return text.toString();
    }

    /** A flow's text and the size of its graph. */
    record Graph(String text, int tasks, int edges) {}

    /**
     * A graph of the WfInstances collection, reduced to {@code {name, tasks, runtimeSeconds,
     * parents: [[index]]}}.
     *
     * @param id the flow's id
     */
    static Graph workflow(Path json, String id) throws IOException {
        String text = Files.readString(json);
        String parents =
                text.substring(text.indexOf("\"parents\"")).replaceFirst("^[^\\[]*\\[", "");
        StringBuilder flow = new StringBuilder("id: " + id + "\ntasks:\n");
        Matcher lists = LIST.matcher(parents);
        int tasks = 0;
        int edges = 0;
        while (lists.find()) {
            List<String> needs = new ArrayList<>();
            for (String parent : lists.group(1).split(",")) {
                if (!parent.isBlank()) {
                    needs.add("t" + parent.strip());
                }
            }
            task(flow, "t" + tasks++, needs);
            edges += needs.size();
        }
        return new Graph(flow.toString(), tasks, edges);
    }

    private static void task(StringBuilder text, String id, List<String> needs) {
        text.append("  ").append(id).append(": {type: value, value: {ok: 1}, needs: ");
        text.append(needs).append("}\n");
    }
}
