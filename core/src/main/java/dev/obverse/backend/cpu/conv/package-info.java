/** Geometry, blocking and packing of CPU convolutions: everything about them that needs no vector instruction. */
@NullMarked
package dev.obverse.backend.cpu.conv;

import org.jspecify.annotations.NullMarked;
