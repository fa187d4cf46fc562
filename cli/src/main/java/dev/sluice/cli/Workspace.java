package dev.sluice.cli;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.RunView;
import dev.sluice.model.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The runs, flows and artifacts of one data directory, for one tenant: in this process, or in the
 * one that owns the directory. Everything is a value, so that one protocol carries it. Thread-safe.
 */
public interface Workspace extends AutoCloseable {
    /**
     * Checks and keeps a flow's text.
     *
     * @param folder the flow's own folder, to which its relative paths belong
     * @return its version
     */
    int saveFlow(String text, Path folder) throws Refusal;

    /** Flows in the order of their ids. */
    List<FlowLine> flows(@Nullable FlowId after, int limit) throws Refusal;

    /** A version of a flow, or its newest where {@code version} is null. */
    FlowText flow(FlowId flow, @Nullable Integer version) throws Refusal;

    /** Starts a run; it is durable on return. */
    RunId submit(Submission submission) throws Refusal;

    /**
     * Tells what happens in a run, beginning with how it stands, until it has ended durably.
     *
     * @return how it ended
     */
    RunView follow(RunId run, Consumer<RunNews> consumer) throws Refusal, InterruptedException;

    RunView show(RunId run) throws Refusal;

    /** A page of runs, newest first. */
    List<RunLine> runs(RunQuery query) throws Refusal;

    /** Runs that a crash or a stop left under way, oldest first. */
    List<RunLine> unfinished() throws Refusal;

    /** Lets unfinished runs go on. */
    void resumeUnfinished(List<RunId> runs) throws Refusal;

    void cancel(RunId run) throws Refusal;

    void pause(RunId run) throws Refusal;

    /** Lets a paused run go on, or runs a failed or cancelled one again from where it failed. */
    void resume(RunId run) throws Refusal;

    /**
     * Makes a new run of the same inputs.
     *
     * @param from task path from which on nothing is reused, or null to run everything again
     * @param version of the flow, or null for the run's own
     */
    RunId replay(RunId run, @Nullable String from, @Nullable Integer version) throws Refusal;

    /** Answers a waiting approval; {@code item} is -1 outside a foreach. */
    void answer(RunId run, String task, int item, Map<String, Value> answer) throws Refusal;

    /**
     * Where the log of an attempt is, whether or not it exists.
     *
     * @param item -1 outside a foreach
     */
    Path log(RunId run, String task, int item, int attempt) throws Refusal;

    /**
     * Where an artifact of a run can be opened: a sealed file whose name has the right ending, to
     * be read only.
     */
    Path open(RunId run, Value.Artifact artifact) throws Refusal;

    /** The first rows of a table. */
    List<Value> preview(Value.Artifact table, int rows) throws Refusal;

    /** Copies an artifact out, hashed on the way. */
    void export(Value.Artifact artifact, Path target) throws Refusal;

    /** Reads every artifact again; one line for each whose bytes are damaged. */
    List<String> scrub() throws Refusal;

    /** Removes artifacts that no run refers to. */
    Collected collectGarbage() throws Refusal;

    /** Removes ended runs with their logs. */
    int purge(List<RunId> runs) throws Refusal;

    /** Stops what this process runs; it goes on at the next start. */
    @Override
    void close();

    /**
     * A run to start.
     *
     * @param version of the flow
     * @param inputs given values; a file as text, its absolute path
     * @param key idempotency key: the same key and flow give the same run
     * @param folder the flow's own folder, to which its relative paths belong
     */
    record Submission(
            FlowId flow,
            int version,
            Map<String, Value> inputs,
            @Nullable String key,
            Path folder) {}

    /**
     * @param after only runs older than this one, or null for the newest
     * @param limit 1 to 1000
     */
    record RunQuery(
            @Nullable FlowId flow, @Nullable RunState state, @Nullable RunId after, int limit) {}

    /** A run in a listing. Times are microseconds since 1970, 0 where there is none yet. */
    record RunLine(
            RunId id,
            FlowId flow,
            int version,
            RunState state,
            long createdMicros,
            long startedMicros,
            long endedMicros,
            @Nullable RunId parent) {}

    record FlowLine(FlowId flow, int version, String author, long savedMicros) {}

    record FlowText(FlowId flow, int version, String text) {}

    record Collected(int artifacts, long bytes) {}
}
