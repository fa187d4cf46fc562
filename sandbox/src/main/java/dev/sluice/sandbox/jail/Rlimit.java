package dev.sluice.sandbox.jail;

/** The limits of a process that the jail sets, by their numbers in asm-generic/resource.h. */
enum Rlimit {
    CPU(0),
    FSIZE(1),
    DATA(2),
    CORE(4),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    NICE(13),
    RTPRIO(14),
    RTTIME(15);

    final int number;

    Rlimit(int number) {
        this.number = number;
    }
}
