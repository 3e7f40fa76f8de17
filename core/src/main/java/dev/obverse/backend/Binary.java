package dev.obverse.backend;

/** An element-wise function of two arguments. */
public enum Binary {
    ADD,
    SUB,
    MUL,
    DIV,
    MAX,
    MIN,
    /** 1 where {@code a > b}, 1/2 where equal, else 0: how {@code max(a, b)} shares its gradient. */
    HEAVISIDE,
    /** 1 where {@code a == b}, else 0. */
    EQUAL
}
