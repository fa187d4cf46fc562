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

    /**
     * A graph of the WfInstances collection, reduced to {@code {name, tasks, runtimeSeconds,
     * parents: [[index]]}}.
     *
     * @param id the flow's id
     */
    static String workflow(Path json, String id) throws IOException {
        String text = Files.readString(json);
        String parents =
                text.substring(text.indexOf("\"parents\"")).replaceFirst("^[^\\[]*\\[", "");
        StringBuilder flow = new StringBuilder("id: " + id + "\ntasks:\n");
        Matcher lists = LIST.matcher(parents);
        for (int i = 0; lists.find(); i++) {
            List<String> needs = new ArrayList<>();
            for (String parent : lists.group(1).split(",")) {
                if (!parent.isBlank()) {
                    needs.add("t" + parent.strip());
                }
            }
            task(flow, "t" + i, needs);
        }
        return flow.toString();
    }

    private static void task(StringBuilder text, String id, List<String> needs) {
        text.append("  ").append(id).append(": {type: value, value: {ok: 1}, needs: ");
        text.append(needs).append("}\n");
    }
}
