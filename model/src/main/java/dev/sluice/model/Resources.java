package dev.sluice.model;

/**
 * What a task may use.
 *
 * @param cpus share of processors, 0.1 or more
 * @param memoryBytes of the whole process tree
 * @param diskBytes that its working folder may hold
 * @param gpus number of GPUs
 */
public record Resources(double cpus, long memoryBytes, long diskBytes, int gpus) {
    public static final Resources DEFAULT = new Resources(1, 1L << 30, 2L << 30, 0);
}
