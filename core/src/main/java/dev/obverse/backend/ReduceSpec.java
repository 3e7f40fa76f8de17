package dev.obverse.backend;

/** Reduces the middle axis of a {@code [outer, extent, inner]} view, giving {@code [outer, inner]}. */
public record ReduceSpec(int outer, int extent, int inner) {}
