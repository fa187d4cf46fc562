package dev.sluice.cli;

import dev.sluice.cli.ValueJson.Fields;
import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The requests of the socket, by name. */
final class Requests {
    private Requests() {}

    /**
     * Does what a request asks.
     *
     * @throws IllegalArgumentException if the request is not as it should be
     */
    static Value perform(Workspace workspace, Fields request, Consumer<RunNews> news)
            throws Refusal, InterruptedException {
        String op = request.text("op");
        return switch (op) {
            case "saveFlow" ->
                    Value.of(
                            workspace.saveFlow(
                                    request.text("text"), Path.of(request.text("folder"))));
            case "flows" ->
                    Wire.list(
                            workspace.flows(
                                    Wire.flowOrNull(request, "after"),
                                    request.smallInteger("limit")),
                            Wire::write);
            case "flow" -> flow(workspace, request);
            case "submit" -> Value.of(workspace.submit(submission(request)).toString());
            case "follow" -> Wire.write(workspace.follow(run(request), news));
            case "show" -> Wire.write(workspace.show(run(request)));
            case "runs" -> Wire.list(workspace.runs(query(request)), Wire::write);
            case "unfinished" -> Wire.list(workspace.unfinished(), Wire::write);
            case "open" -> Value.of(workspace.open(run(request), artifact(request)).toString());
            case "preview" ->
                    new Value.ListOf(
                            workspace.preview(artifact(request), request.smallInteger("rows")));
            case "scrub" -> Value.ofJava(workspace.scrub());
            case "replay" ->
                    Value.of(
                            workspace
                                    .replay(
                                            run(request),
                                            request.textOrNull("from"),
                                            Wire.numberOrNull(request, "version"))
                                    .toString());
            case "log" ->
                    Value.of(
                            workspace
                                    .log(
                                            run(request),
                                            request.text("task"),
                                            request.smallInteger("item"),
                                            request.smallInteger("attempt"))
                                    .toString());
            case "collect" -> {
                Workspace.Collected collected = workspace.collectGarbage();
                yield Wire.map("artifacts", collected.artifacts(), "bytes", collected.bytes());
            }
            case "purge" -> Value.of(workspace.purge(runs(request)));
            case "resumeUnfinished", "cancel", "pause", "resume", "answer", "export" -> {
                act(workspace, op, request);
                yield Value.Null.NULL;
            }
            default -> throw new IllegalArgumentException("unknown request: " + op);
        };
    }

    private static void act(Workspace workspace, String op, Fields request) throws Refusal {
        switch (op) {
            case "resumeUnfinished" -> workspace.resumeUnfinished(runs(request));
            case "cancel" -> workspace.cancel(run(request));
            case "pause" -> workspace.pause(run(request));
            case "resume" -> workspace.resume(run(request));
            case "answer" ->
                    workspace.answer(
                            run(request),
                            request.text("task"),
                            request.smallInteger("item"),
                            request.map("answer"));
            case "export" -> workspace.export(artifact(request), Path.of(request.text("target")));
            default -> throw new IllegalArgumentException("unknown request: " + op);
        }
    }

    private static Value flow(Workspace workspace, Fields request) throws Refusal {
        Workspace.FlowText flow =
                workspace.flow(
                        new FlowId(request.text("flow")), Wire.numberOrNull(request, "version"));
        return Wire.map("flow", flow.flow(), "version", flow.version(), "text", flow.text());
    }

    private static Workspace.Submission submission(Fields request) {
        return new Workspace.Submission(
                new FlowId(request.text("flow")),
                request.smallInteger("version"),
                request.map("inputs"),
                request.textOrNull("key"),
                Path.of(request.text("folder")));
    }

    private static Workspace.RunQuery query(Fields request) {
        String state = request.textOrNull("state");
        return new Workspace.RunQuery(
                Wire.flowOrNull(request, "flow"),
                state == null ? null : RunState.valueOf(state),
                Wire.runOrNull(request, "after"),
                request.smallInteger("limit"));
    }

    private static RunId run(Fields request) {
        return RunId.parse(request.text("run"));
    }

    private static List<RunId> runs(Fields request) {
        return request.list("runs").stream()
                .map(run -> run instanceof Value.Text(String id) ? RunId.parse(id) : null)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private static Value.Artifact artifact(Fields request) {
        if (request.find("artifact") instanceof Value.Artifact artifact) {
            return artifact;
        }
        throw new IllegalArgumentException("artifact (expected: an artifact)");
    }
}
