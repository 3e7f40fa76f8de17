/** Plain Java twins of the vector kernels, used where {@code jdk.incubator.vector} is not added. */
@NullMarked
package dev.obverse.backend.cpu.scalar;

import org.jspecify.annotations.NullMarked;
