package dev.sluice.cli;

import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Commands that share a first word. */
final class Groups {
    private Groups() {}

    static CommandSpec spec(String name, String doc, Map<String, Command> commands) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.addOption(Arguments.help());
        spec.usageMessage().description(doc).synopsisSubcommandLabel("COMMAND");
        commands.forEach((word, command) -> spec.addSubcommand(word, command.spec(word)));
        return spec;
    }
}
