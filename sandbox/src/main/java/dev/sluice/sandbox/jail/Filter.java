package dev.sluice.sandbox.jail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The seccomp filter of the jail, in classic BPF (linux/filter.h, linux/seccomp.h). An allow-list:
 * what {@code syscalls.txt} does not name does not exist. Rules on arguments close what Landlock
 * leaves open: sockets, namespaces, terminal injection, and calls by which a process could change
 * another one of the same user (the server).
 *
 * <p>The kernel remembers the verdicts that depend on no argument (5.11), so a long list costs
 * nothing per call.
 */
final class Filter {
    private static final int LOAD = 0x20;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER_OR_EQUAL = 0x35;
    private static final int JUMP_ANY_BIT = 0x45;
    private static final int AND = 0x54;
    private static final int RETURN = 0x06;

    private static final int KILL = 0x80000000;
    private static final int ALLOW = 0x7fff0000;
    private static final int NOTIFY = 0x7fc00000;
    private static final int ERRNO = 0x00050000;
    private static final int EPERM = ERRNO | 1;
    private static final int ENOSYS = ERRNO | 38;
    private static final int SUCCESS = ERRNO;

    private static final int X32_BIT = 0x40000000;

    /** All CLONE_NEW* but CLONE_NEWTIME, whose bit means something else to clone(2). */
    private static final int NEW_NAMESPACE = 0x7E020000;

    private static final int TIOCSTI = 0x5412;
    private static final int TIOCLINUX = 0x541C;
    private static final int TIOCSPGRP = 0x5410;
    private static final int AF_UNIX = 1;
    private static final int SOCK_TYPE_MASK = 0xf;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_SEQPACKET = 5;

    private record Instruction(int code, int jumpTrue, int jumpFalse, int operand) {}

    private final List<Instruction> program = new ArrayList<>();
    private final Syscalls calls;

    private Filter(Syscalls calls) {
        this.calls = calls;
    }

    /**
     * The program's bytes: 8 an instruction.
     *
     * @param landlockAbi what Landlock covers here: before 3 it does not see truncate(2)
     */
    static byte[] program(Syscalls calls, int landlockAbi) {
        var filter = new Filter(calls);
        filter.head();
        filter.rules();
        if (landlockAbi < 3) {
            filter.whenCalled("truncate", List.of(new Instruction(RETURN, 0, 0, EPERM)));
        }
        calls.actions()
                .forEach((number, action) -> {
                    switch (action) {
                        case ALLOW -> filter.answer(number, ALLOW);
                        case DENY -> filter.answer(number, EPERM);
                        case FAKE -> filter.answer(number, SUCCESS);
                        case RULE -> {}
                    }
                });
        filter.add(RETURN, 0, 0, ENOSYS);
        return filter.bytes();
    }

    /**
     * A program that allows everything, but has the gate through which the launcher sets limits.
     */
    static byte[] gate(Syscalls calls) {
        var filter = new Filter(calls);
        filter.head();
        filter.whenCalled(
                "ioctl",
                List.of(
                        argument(1),
                        new Instruction(JUMP_EQUAL, 0, 1, TIOCSPGRP),
                        new Instruction(RETURN, 0, 0, NOTIFY),
                        new Instruction(RETURN, 0, 0, ALLOW)));
        filter.add(RETURN, 0, 0, ALLOW);
        return filter.bytes();
    }

    private void head() {
        add(LOAD, 0, 0, 4);
        add(JUMP_EQUAL, 1, 0, calls.machine.auditArch);
        add(RETURN, 0, 0, KILL);
        add(LOAD, 0, 0, 0);
        if (calls.machine == Syscalls.Machine.AMD64) {
            add(JUMP_GREATER_OR_EQUAL, 0, 1, X32_BIT);
            add(RETURN, 0, 0, KILL);
        }
    }

    private void rules() {
        answer(calls.number("clone3"), ENOSYS);
        whenCalled(
                "clone",
                List.of(
                        argument(0),
                        new Instruction(JUMP_ANY_BIT, 0, 1, NEW_NAMESPACE),
                        new Instruction(RETURN, 0, 0, EPERM),
                        new Instruction(RETURN, 0, 0, ALLOW)));
        // The kernel reads 32 bits of the request, so the high word must not matter
        // (CVE-2019-7303). TIOCSPGRP is the gate: the launcher answers it once, then nobody does.
        whenCalled(
                "ioctl",
                List.of(
                        argument(1),
                        new Instruction(JUMP_EQUAL, 3, 0, TIOCSTI),
                        new Instruction(JUMP_EQUAL, 2, 0, TIOCLINUX),
                        new Instruction(JUMP_EQUAL, 2, 0, TIOCSPGRP),
                        new Instruction(RETURN, 0, 0, ALLOW),
                        new Instruction(RETURN, 0, 0, EPERM),
                        new Instruction(RETURN, 0, 0, NOTIFY)));
        // A datagram pair can still be sent to any socket of the host by its path.
        whenCalled(
                "socketpair",
                List.of(
                        argument(0),
                        new Instruction(JUMP_EQUAL, 0, 5, AF_UNIX),
                        argument(1),
                        new Instruction(AND, 0, 0, SOCK_TYPE_MASK),
                        new Instruction(JUMP_EQUAL, 1, 0, SOCK_STREAM),
                        new Instruction(JUMP_EQUAL, 0, 1, SOCK_SEQPACKET),
                        new Instruction(RETURN, 0, 0, ALLOW),
                        new Instruction(RETURN, 0, 0, EPERM)));
        onlyZero("sendto", 4, true);
        onlyZero("setpriority", 1, false, 0);
        onlyZero("sched_setaffinity", 0, false);
        onlyZero("sched_setparam", 0, false);
        onlyZero("sched_setscheduler", 0, false);
        onlyZero("sched_setattr", 0, false);
        // The stamp by which the launcher knows the processes of an attempt is one of the limits.
        int stamp = Rlimit.RTTIME.number;
        whenCalled(
                "setrlimit",
                List.of(
                        argument(0),
                        new Instruction(JUMP_EQUAL, 0, 1, stamp),
                        new Instruction(RETURN, 0, 0, EPERM),
                        new Instruction(RETURN, 0, 0, ALLOW)));
        whenCalled(
                "prlimit64",
                List.of(
                        argument(2),
                        new Instruction(JUMP_EQUAL, 0, 2, 0),
                        highWord(2),
                        new Instruction(JUMP_EQUAL, 4, 0, 0),
                        argument(1),
                        new Instruction(JUMP_EQUAL, 3, 0, stamp),
                        argument(0),
                        new Instruction(JUMP_EQUAL, 0, 1, 0),
                        new Instruction(RETURN, 0, 0, ALLOW),
                        new Instruction(RETURN, 0, 0, EPERM)));
    }

    /** Allows a call only if its argument is zero, and, if given, another one too. */
    private void onlyZero(String name, int argument, boolean pointer, int... also) {
        var body = new ArrayList<Instruction>();
        var words = new ArrayList<Instruction>(List.of(argument(argument)));
        if (pointer) {
            words.add(highWord(argument));
        }
        for (int other : also) {
            words.add(argument(other));
        }
        for (int i = 0; i < words.size(); i++) {
            int toDenial = 2 * (words.size() - i - 1) + 1;
            body.add(words.get(i));
            body.add(new Instruction(JUMP_EQUAL, 0, toDenial, 0));
        }
        body.add(new Instruction(RETURN, 0, 0, ALLOW));
        body.add(new Instruction(RETURN, 0, 0, EPERM));
        whenCalled(name, body);
    }

    /** Both architectures are little-endian: the low word of an argument comes first. */
    private static Instruction argument(int index) {
        return new Instruction(LOAD, 0, 0, 16 + 8 * index);
    }

    private static Instruction highWord(int index) {
        return new Instruction(LOAD, 0, 0, 16 + 8 * index + 4);
    }

    private void whenCalled(String name, List<Instruction> body) {
        if (calls.has(name)) {
            add(JUMP_EQUAL, 0, body.size(), calls.number(name));
            program.addAll(body);
        }
    }

    private void answer(int number, int verdict) {
        add(JUMP_EQUAL, 0, 1, number);
        add(RETURN, 0, 0, verdict);
    }

    private void add(int code, int jumpTrue, int jumpFalse, int operand) {
        program.add(new Instruction(code, jumpTrue, jumpFalse, operand));
    }

    private byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (Instruction i : program) {
            bytes.putShort((short) i.code)
                    .put((byte) i.jumpTrue)
                    .put((byte) i.jumpFalse)
                    .putInt(i.operand);
        }
        return bytes.array();
    }
}
