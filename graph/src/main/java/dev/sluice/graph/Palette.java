package dev.sluice.graph;

import dev.sluice.model.TaskState;
import java.util.Locale;
import java.util.Set;

/**
 * The picture's style sheet. Every colour is written out for both themes instead of through CSS
 * variables, since converters such as librsvg know neither variables nor colour schemes and then
 * still draw the light one.
 */
final class Palette {
    private static final String SANS =
            "Inter,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,\"Liberation Sans\",sans-serif";
    private static final String MONO =
            "\"JetBrains Mono\",\"SF Mono\",Menlo,Consolas,\"Liberation Mono\",monospace";

    /** Selector, property, light, dark. */
    private static final String[][] COLOURS = {
        {".bg", "fill", "#f7f8fa", "#0f1318"},
        {".ink", "fill", "#18212d", "#e8ecf2"},
        {".soft", "fill", "#5b6776", "#9aa6b4"},
        {".box", "fill", "#eef1f5", "#161c23"},
        {".box", "stroke", "#d3dae3", "#2c3540"},
        {".box2", "fill", "#e5e9ef", "#1b222b"},
        {".box2", "stroke", "#cad2dc", "#36404c"},
        {".card", "fill", "#ffffff", "#1d242d"},
        {".card", "stroke", "#cfd6df", "#3a4552"},
        {".under", "fill", "#f4f6f9", "#171d25"},
        {".under", "stroke", "#cfd6df", "#333d49"},
        {".pill", "fill", "#eef1f5", "#2a333e"},
        {".pill-ink", "fill", "#4a5665", "#b6c0cc"},
        {".needs", "stroke", "#8a96a5", "#6f7c8b"},
        {".table", "stroke", "#3f7fc1", "#5b9bdc"},
        {".reference", "stroke", "#8a6fc4", "#a68fe0"},
        {".needs-tip", "fill", "#8a96a5", "#6f7c8b"},
        {".table-tip", "fill", "#3f7fc1", "#5b9bdc"},
        {".reference-tip", "fill", "#8a6fc4", "#a68fe0"},
        {".label-bg", "fill", "#f7f8fa", "#0f1318"},
        {".f-table", "fill", "#e3eefa", "#1c344f"},
        {".f-code", "fill", "#ece7fa", "#322a52"},
        {".f-http", "fill", "#fdecdc", "#4a3117"},
        {".f-document", "fill", "#fbe6ef", "#4b2338"},
        {".f-control", "fill", "#e6f1ee", "#1d3b36"},
        {".f-fail", "fill", "#fbe5e5", "#4c2225"},
        {".i-table", "stroke", "#1f63ab", "#86bdf5"},
        {".i-code", "stroke", "#6644b8", "#bda6ff"},
        {".i-http", "stroke", "#ad5a08", "#f5b069"},
        {".i-document", "stroke", "#ae2f69", "#f596bd"},
        {".i-control", "stroke", "#1c6f60", "#74cdbb"},
        {".i-fail", "stroke", "#b5303a", "#ff8f95"},
    };

    private Palette() {}

    static String css(Set<TaskState> states) {
        StringBuilder css = new StringBuilder();
        css.append(".sluice-graph text{font-family:").append(SANS).append(";font-size:13px}");
        css.append(".sluice-graph .mono{font-family:").append(MONO).append(";font-size:11px}");
        css.append(".sluice-graph .h1{font-size:19px;font-weight:600}");
        css.append(".sluice-graph .h2{font-size:13.5px;font-weight:600}");
        css.append(".sluice-graph .h3{font-size:12px;font-weight:600}");
        css.append(".sluice-graph .small{font-size:11px}");
        css.append(".sluice-graph .pill-ink{font-size:10.5px;font-weight:500}");
        css.append(".sluice-graph .icon,.sluice-graph .edge,.sluice-line{fill:none;");
        css.append("stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}");
        css.append(".sluice-graph .table.edge{stroke-width:2.6}");
        css.append(".sluice-graph .reference.edge{stroke-dasharray:5 4;stroke-linecap:butt}");
        // Without an ancestor: what <use> draws is matched as if it had none.
        css.append(".sluice-cut{fill:none;stroke-width:1.7;stroke-linecap:round;");
        css.append("stroke-linejoin:round;stroke:#fff}");
        css.append(".sluice-line{stroke-width:1.7;stroke:currentColor}");
        css.append(".sluice-fill,.sluice-graph .state-ink{fill:currentColor}");
        css.append(".sluice-graph .state-ink{font-size:10.5px;font-weight:600}");
        css.append(".sluice-graph .ring{fill:none;stroke:currentColor;stroke-width:2}");
        css.append(".sluice-graph .tint{fill:currentColor;opacity:.1}");
        colours(css, states, false);
        css.append("@media (prefers-color-scheme:dark){");
        colours(css, states, true);
        css.append(".sluice-cut{stroke:#141a21}");
        return css.append('}').toString();
    }

    private static void colours(StringBuilder css, Set<TaskState> states, boolean dark) {
        for (String[] rule : COLOURS) {
            css.append(".sluice-graph ").append(rule[0]).append('{').append(rule[1]).append(':');
            css.append(dark ? rule[3] : rule[2]).append('}');
        }
        for (TaskState state : states) {
            StateMark mark = StateMark.of(state);
            css.append(".sluice-graph .").append(stateClass(state)).append("{color:");
            css.append(dark ? mark.dark() : mark.light()).append('}');
        }
    }

    static String stateClass(TaskState state) {
        return "s-" + state.name().toLowerCase(Locale.ROOT);
    }
}
