package dev.sluice.engine;

import dev.sluice.model.FlowId;
import dev.sluice.model.RunId;
import dev.sluice.model.RunState;
import dev.sluice.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Events to bytes and back: all that one commit adds to one run is one payload.
 *
 * <p>A payload is a format number, then each event as its tag, the microseconds since the event
 * before it (the first: since 1970), and its fields in order. Numbers are variable-length and
 * zigzag-coded, so an attempt's start takes about five bytes. Tags and fields of a format number
 * never change; a new format number is read beside the old ones.
 */
public final class EventCodec {
    private static final int FORMAT = 1;

    private EventCodec() {}

    /** The payload of these events. */
    public static byte[] encode(List<RunEvent> events) {
        ByteWriter out = new ByteWriter();
        out.number(FORMAT);
        long before = 0;
        for (RunEvent event : events) {
            write(out, event, event.at() - before);
            before = event.at();
        }
        return out.toBytes();
    }

    /**
     * The events of a payload.
     *
     * @throws IllegalArgumentException if it was not written by {@link #encode} of this or an
     *     earlier release
     */
    public static List<RunEvent> decode(byte[] payload) {
        ByteReader in = new ByteReader(payload);
        long format = in.number();
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "journal format "
                            + format
                            + " (expected: "
                            + FORMAT
                            + "); it was written by a newer Sluice: use that one");
        }
        List<RunEvent> events = new ArrayList<>();
        long at = 0;
        while (in.hasMore()) {
            int tag = in.int32();
            at += in.number();
            events.add(read(in, tag, at));
        }
        return events;
    }

    /** Outputs as bytes, for cache entries. */
    public static byte[] encodeValues(Map<String, Value> values) {
        ByteWriter out = new ByteWriter();
        out.number(FORMAT);
        out.values(values);
        return out.toBytes();
    }

    /** What {@link #encodeValues} wrote. */
    public static Map<String, Value> decodeValues(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        long format = in.number();
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "values format " + format + " (expected: " + FORMAT + ")");
        }
        return in.values();
    }

    private static void write(ByteWriter out, RunEvent event, long delta) {
        switch (event) {
            case RunEvent.Submitted e -> {
                out.tag(1, delta).values(e.inputs()).values(e.trigger().entries());
                out.text(e.folder()).text(e.by()).number(e.seed());
                out.bool(e.parent() != null);
                if (e.parent() != null) {
                    RunEvent.Parent p = e.parent();
                    out.number(p.run().value())
                            .number(p.task())
                            .number(p.item())
                            .number(p.attempt());
                }
                out.number(e.depth()).bool(e.queued());
            }
            case RunEvent.Started _ -> out.tag(2, delta);
            case RunEvent.ConditionDecided e ->
                    out.tag(3, delta).number(e.task()).number(e.item()).bool(e.met());
            case RunEvent.ItemsExpanded e -> out.tag(4, delta).number(e.task()).list(e.items());
            case RunEvent.TaskRejected e ->
                    out.tag(5, delta).number(e.task()).number(e.item()).text(e.error());
            case RunEvent.TaskReused e ->
                    out.tag(6, delta).number(e.task()).values(e.outputs()).number(e.from().value());
            case RunEvent.AttemptStarted e ->
                    out.tag(7, delta).attempt(e.task(), e.item(), e.attempt());
            case RunEvent.AttemptSucceeded e ->
                    out.tag(8, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .values(e.outputs())
                            .number(e.from() == null ? 0 : e.from().value());
            case RunEvent.AttemptFailed e ->
                    out.tag(9, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .text(e.error())
                            .number(e.retryAt());
            case RunEvent.AttemptLost e ->
                    out.tag(10, delta).attempt(e.task(), e.item(), e.attempt()).bool(e.counted());
            case RunEvent.AttemptWaits e ->
                    out.tag(11, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .number(e.until())
                            .values(e.outputs());
            case RunEvent.AttemptAsks e ->
                    out.tag(12, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .values(e.form().entries());
            case RunEvent.AttemptDelegates e ->
                    out.tag(13, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .text(e.flow().value())
                            .number(e.version() == null ? 0 : e.version())
                            .values(e.inputs());
            case RunEvent.Answered e ->
                    out.tag(14, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .text(e.by())
                            .values(e.outputs());
            case RunEvent.PauseAsked e -> out.tag(15, delta).text(e.by());
            case RunEvent.ResumeAsked e -> out.tag(16, delta).text(e.by());
            case RunEvent.CancelAsked e -> out.tag(17, delta).text(e.by());
            case RunEvent.TimedOut _ -> out.tag(18, delta);
            case RunEvent.Ended e ->
                    out.tag(19, delta)
                            .number(e.state().ordinal())
                            .values(e.outputs())
                            .text(e.error() == null ? "" : e.error());
            case RunEvent.Resumed e -> out.tag(20, delta).text(e.by());
            case RunEvent.AttemptMeasured e ->
                    out.tag(21, delta)
                            .attempt(e.task(), e.item(), e.attempt())
                            .decimals(e.metrics());
        }
    }

    private static RunEvent read(ByteReader in, int tag, long at) {
        return switch (tag) {
            case 1 -> {
                Map<String, Value> inputs = in.values();
                Value.MapOf trigger = new Value.MapOf(in.values());
                String folder = in.text();
                String by = in.text();
                long seed = in.number();
                RunEvent.Parent parent =
                        in.bool()
                                ? new RunEvent.Parent(
                                        new RunId(in.number()), in.int32(), in.int32(), in.int32())
                                : null;
                yield new RunEvent.Submitted(
                        at, inputs, trigger, folder, by, seed, parent, in.int32(), in.bool());
            }
            case 2 -> new RunEvent.Started(at);
            case 3 -> new RunEvent.ConditionDecided(at, in.int32(), in.int32(), in.bool());
            case 4 -> new RunEvent.ItemsExpanded(at, in.int32(), in.list());
            case 5 -> new RunEvent.TaskRejected(at, in.int32(), in.int32(), in.text());
            case 6 -> new RunEvent.TaskReused(at, in.int32(), in.values(), new RunId(in.number()));
            case 7 -> new RunEvent.AttemptStarted(at, in.int32(), in.int32(), in.int32());
            case 8 -> {
                int task = in.int32();
                int item = in.int32();
                int attempt = in.int32();
                Map<String, Value> outputs = in.values();
                long from = in.number();
                yield new RunEvent.AttemptSucceeded(
                        at, task, item, attempt, outputs, from == 0 ? null : new RunId(from));
            }
            case 9 ->
                    new RunEvent.AttemptFailed(
                            at, in.int32(), in.int32(), in.int32(), in.text(), in.number());
            case 10 -> new RunEvent.AttemptLost(at, in.int32(), in.int32(), in.int32(), in.bool());
            case 11 ->
                    new RunEvent.AttemptWaits(
                            at, in.int32(), in.int32(), in.int32(), in.number(), in.values());
            case 12 ->
                    new RunEvent.AttemptAsks(
                            at, in.int32(), in.int32(), in.int32(), new Value.MapOf(in.values()));
            case 13 -> {
                int task = in.int32();
                int item = in.int32();
                int attempt = in.int32();
                FlowId flow = new FlowId(in.text());
                int version = in.int32();
                yield new RunEvent.AttemptDelegates(
                        at, task, item, attempt, flow, version == 0 ? null : version, in.values());
            }
            case 14 ->
                    new RunEvent.Answered(
                            at, in.int32(), in.int32(), in.int32(), in.text(), in.values());
            case 15 -> new RunEvent.PauseAsked(at, in.text());
            case 16 -> new RunEvent.ResumeAsked(at, in.text());
            case 17 -> new RunEvent.CancelAsked(at, in.text());
            case 18 -> new RunEvent.TimedOut(at);
            case 19 -> {
                RunState state = RunState.values()[in.int32()];
                Map<String, Value> outputs = in.values();
                String error = in.text();
                yield new RunEvent.Ended(at, state, outputs, error.isEmpty() ? null : error);
            }
            case 20 -> new RunEvent.Resumed(at, in.text());
            case 21 ->
                    new RunEvent.AttemptMeasured(
                            at, in.int32(), in.int32(), in.int32(), in.decimals());
            default ->
                    throw new IllegalArgumentException("event tag " + tag + " (expected: 1 to 21)");
        };
    }
}
