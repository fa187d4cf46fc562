package dev.sluice.app;

import dev.sluice.cli.Cli;
import dev.sluice.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does what most runs do, so that the JVM can keep what it had to load and link for it: the
 * launcher starts it once for every build. Its one argument is a folder to work in.
 */
final class Training {
    private static final String FLOW =
            """
            id: training
            inputs:
              n: {type: integer, default: 3}
            tasks:
              a:
                type: value
                value: {x: "${{ inputs.n + 1 }}", text: "n is ${{ inputs.n }}"}
              each:
                type: value
                foreach: [1, 2, 3]
                value: {y: "${{ item * 2 }}"}
              rows:
                type: table.read
                from: rows.csv
              sums:
                type: sql
                query: SELECT name, sum(amount) AS total FROM rows GROUP BY name ORDER BY name
            outputs:
              x: ${{ tasks.a.outputs.x }}
              sums: ${{ tasks.sums.outputs.table }}
            """;

    private Training() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Path flow = Files.writeString(folder.resolve("flow.yaml"), FLOW);
        Files.writeString(folder.resolve("rows.csv"), "name,amount\na,1\nb,2\na,3\n");
        String data = folder.resolve("data").toString();
        Terminal terminal = Terminal.ofProcess("", "");
        Cli cli = new Cli(new LocalHost(terminal::tell), terminal, "sluice");
        cli.run("--help");
        cli.run("validate", flow.toString());
        cli.run("run", flow.toString(), "--data", data, "-i", "n=4");
        cli.run("runs", "show", "last", "--data", data);
        cli.run("runs", "show", "last", "--data", data, "--json");
        cli.run("runs", "ls", "--data", data);
        System.exit(0);
    }
}
