/** Kernels on {@code jdk.incubator.vector}; no other package imports it. */
@NullMarked
package dev.obverse.backend.cpu.simd;

import org.jspecify.annotations.NullMarked;
