/** The CPU: the worker pool and the two sets of kernels, SIMD and scalar. */
@NullMarked
package dev.obverse.backend.cpu;

import org.jspecify.annotations.NullMarked;
