package dev.sluice.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Texts that mean harm, or are merely huge, are refused fast; none makes the compiler throw. */
class HostileTextsTest {
    private static final int MUTANTS = 2_000;
    private static final List<String> SPLINTERS =
            List.of(
                    "${{", "}}", "{", "}", "[", "]", ":", ": ", " #", "'", "\"", "\n", "  ", "\t",
                    "&a ", "*a", "!!set ", "|", ">", "- ", "? ", "%", "@", "`", "\\u0000", "\u0000",
                    "é", "😀", "tasks.", "inputs.", "item", "null", "0x", ".inf", "<<", "---\n",
                    "group", "foreach", "needs", "(", ")", "a.b", "1e999", "~");

    private static final String RICH =
            """
            id: rich
            inputs: {n: {type: integer, default: 1}, s: {type: string, default: a}, l: {type: list, default: [1]}}
            tasks:
              g:
                type: group
                when: ${{ inputs.n > 0.5 && size(inputs.s) < 9 }}
                tasks:
                  x:
                    type: value
                    value:
                      a: "${{ inputs.l.filter(i, i > inputs.n).map(i, i * 2.5) }}"
                      b: 'it''s ${{ inputs.s + "x" }} and ${{ {"k": [1, inputs.n]}["k"][0] }}'
                      c: >
                        folded ${{ has(tasks.o.outputs.z) ? tasks.o.outputs.z : 'none' }}
                        text
                  y: {type: sql, query: "SELECT ${{ inputs.n }} FROM o.t", needs: [x], retry: 3}
              o: {type: python, script: "pass", timeout: 1m30s}
              each:
                type: value
                foreach: "${{ tasks.g.x.outputs.a }}"
                value: {v: "${{ string(item) + string(index) }}", w: "${{ item['k'] == 1 }}"}
            on_failure:
              tell: {type: http, url: "https://x/${{ secrets.t }}?e=${{ tasks.o.error }}"}
            outputs: {all: "${{ tasks.each.outputs.v }}"}
            """;

    /** Time of this thread on a processor, which other work does not disturb. */
    private static long cpuMillis(Runnable work) {
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        work.run();
        return (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
    }

    private static void refusedFast(String text, String message) {
        long millis =
                cpuMillis(() ->
                        assertThat(FlowCompilerTest.problems(text))
                                .anySatisfy(p -> assertThat(p).contains(message)));
        assertThat(millis).as("milliseconds of processor").isLessThan(5_000);
    }

    @Test
    void noMutantOfAGoodFlowMakesItThrow() {
        List<String> good = List.of(FlowCompilerTest.EXAMPLE, RICH);
        good.forEach(FlowCompilerTest::compiled);
        for (long seed = 0; seed < MUTANTS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder text = new StringBuilder(good.get((int) (seed % 2)));
            for (int edits = random.nextInt(1, 6); edits > 0; edits--) {
                mutate(text, random);
            }
            try {
                FlowCompiler.Result result = FakeTypes.compiler().compile(text.toString());
                assertThat(result.flow() == null)
                        .as("seed " + seed)
                        .isEqualTo(!result.problems().isEmpty());
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ":\n" + text, e);
            }
        }
    }

    private static void mutate(StringBuilder text, SplittableRandom random) {
        int at = random.nextInt(text.length());
        int length = Math.min(random.nextInt(1, 20), text.length() - at);
        switch (random.nextInt(4)) {
            case 0 -> text.delete(at, at + length);
            case 1 -> text.insert(at, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
            case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, at + length));
            default -> text.setCharAt(at, (char) random.nextInt(1, 128));
        }
        if (text.isEmpty()) {
            text.append('x');
        }
    }

    @Test
    void textsThatAreTooLongAreRefusedUnread() {
        String tenMegabytes = "# nothing\n".repeat(1_100_000);
        long millis =
                cpuMillis(() ->
                        assertThat(FlowCompilerTest.problems(tenMegabytes))
                                .singleElement()
                                .asString()
                                .startsWith("1:1: the text has 11000000 characters"));
        assertThat(millis).isLessThan(500);
        refusedFast("id: f\ndescription: " + "x".repeat(8_000_000), "a line of more than 262144");
    }

    @Test
    void aliasBombsAndDeepNestingAreRefused() {
        StringBuilder bomb = new StringBuilder("id: f\na0: &a0 [x]\n");
        StringBuilder chain = new StringBuilder("id: f\na0: &a0 [x]\n");
        for (int i = 1; i < 200; i++) {
            String inner = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, (inner + ", ").repeat(9) + inner));
            chain.append("a%d: &a%d [%s]\n".formatted(i, i, inner));
        }
        refusedFast(bomb.toString(), "more than 500000 values, aliases followed");
        refusedFast(chain.toString(), "nested too deep (expected: at most 100 levels)");
        refusedFast(
                "id: f\na: &a [*a]\n", "alias \"*a\" (expected: an anchor that stands complete");
        refusedFast("[".repeat(1_000), "nested too deep");
        refusedFast("- ".repeat(1_000), "nested too deep");
        refusedFast("id: f\nx:\n" + "  - 1\n".repeat(600_000), "more than 500000 values");
    }

    @Test
    void expressionsAreBounded() {
        refused("(".repeat(9_000), "recursion limit");
        refused("1" + " + 1".repeat(4_000), "recursion limit");
        refused("a" + ".b".repeat(9_000), "unknown name \"a\"");
        refused("a" + ".b".repeat(9_000) + " + 1", "recursion limit");
        refused("'a'" + ".trim()".repeat(2_500), "recursion limit");
        refused("'" + "a".repeat(30_000) + "'", "expression code point size exceeds limit");
    }

    private static void refused(String expression, String message) {
        refusedFast(
                "id: f\ntasks:\n  a:\n    type: value\n    value: {x: \"${{ "
                        + expression
                        + " }}\"}\n",
                message);
    }

    @Test
    void edgesThatMultiplyAreBounded() {
        StringBuilder text = new StringBuilder("id: f\ntasks:\n");
        for (String group : List.of("g", "h")) {
            text.append("  ").append(group).append(":\n    type: group\n");
            text.append(group.equals("h") ? "    needs: g\n    tasks:\n" : "    tasks:\n");
            for (int i = 0; i < 20_000; i++) {
                text.append("      t").append(i).append(": {type: value, value: {}}\n");
            }
        }
        refusedFast(text.toString(), "more than 1000000 edges in one flow");
    }

    @Test
    void aHundredThousandMistakesAreToldInPart() {
        StringBuilder text = new StringBuilder("id: f\ntasks:\n");
        for (int i = 0; i < 60_000; i++) {
            text.append("  t%d: {typ: valeu, needs: q%d}\n".formatted(i, i));
        }
        long millis =
                cpuMillis(
                        () -> assertThat(FlowCompilerTest.problems(text.toString())).hasSize(200));
        assertThat(millis).isLessThan(5_000);
    }

    @Test
    void twoThousandTasksCompileInNoTime() {
        String text = big();
        int edges = FlowCompilerTest.edges(FlowCompilerTest.compiled(text)).size();
        long millis = cpuMillis(() -> FlowCompilerTest.compiled(text));
        System.out.printf("2000 tasks, %d edges, compiled in %d ms of processor%n", edges, millis);
        assertThat(millis).isLessThan(1_500);
    }

    private static String big() {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder text =
                new StringBuilder("id: big\ntasks:\n  t0: {type: value, value: {x: 1}}\n");
        for (int i = 1; i < 2_000; i++) {
            text.append("  t%d:\n    type: value\n    needs: [".formatted(i));
            for (int j = 0; j < 3; j++) {
                text.append(j == 0 ? "t" : ", t").append(random.nextInt(i));
            }
            text.append(
                    "]\n    value:\n      x: ${{ tasks.t%d.outputs.x }}\n"
                            .formatted(random.nextInt(i)));
        }
        return text.toString();
    }
}
