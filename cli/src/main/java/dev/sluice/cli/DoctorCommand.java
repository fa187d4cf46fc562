package dev.sluice.cli;

import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code sluice doctor}: what this machine can do, with the evidence and the remedies. */
record DoctorCommand(Session session) implements Command {
    @Override
    public void declare(CommandSpec spec) {
        spec.usageMessage()
                .description("Try what this machine can do and tell how to get what is missing.");
        spec.addOption(Arguments.data());
        spec.addOption(Arguments.json());
    }

    @Override
    public int run(ParseResult given) {
        Path directory = session.dataDirectory(given);
        List<Host.Finding> findings = session.host().examine(directory);
        if (Arguments.has(given, Arguments.JSON)) {
            session.terminal().out().println(ValueJson.plain(toValue(findings)));
        } else {
            print(findings);
        }
        return findings.stream().anyMatch(f -> f.verdict() == Host.Verdict.BAD)
                ? ExitCode.ENVIRONMENT
                : ExitCode.DONE;
    }

    private static Value toValue(List<Host.Finding> findings) {
        List<Value> list = new ArrayList<>();
        for (Host.Finding finding : findings) {
            Map<String, Value> entry = new LinkedHashMap<>();
            entry.put("group", Value.of(finding.group()));
            entry.put("name", Value.of(finding.name()));
            entry.put("verdict", Value.of(finding.verdict().name().toLowerCase(Locale.ROOT)));
            entry.put("evidence", Value.of(finding.evidence()));
            entry.put("remedy", Value.ofJava(finding.remedy()));
            list.add(new Value.MapOf(entry));
        }
        return new Value.MapOf(Map.of("findings", new Value.ListOf(list)));
    }

    private void print(List<Host.Finding> findings) {
        Style style = session.terminal().outStyle();
        String group = "";
        int width = findings.stream().mapToInt(f -> f.name().length()).max().orElse(0);
        for (Host.Finding finding : findings) {
            if (!finding.group().equals(group)) {
                group = finding.group();
                session.terminal().out().println(style.bold(Texts.line(group)));
            }
            session.terminal()
                    .out()
                    .println(
                            "  "
                                    + icon(style, finding.verdict())
                                    + " "
                                    + Texts.line(finding.name())
                                    + " ".repeat(width - finding.name().length() + 2)
                                    + Texts.line(finding.evidence()));
            if (finding.remedy() != null) {
                session.terminal()
                        .out()
                        .println(" ".repeat(width + 6) + "→ " + Texts.line(finding.remedy()));
            }
        }
    }

    private static String icon(Style style, Host.Verdict verdict) {
        return switch (verdict) {
            case GOOD -> style.green("✔");
            case MISSING -> style.dim("–");
            case BAD -> style.red("✘");
        };
    }
}
