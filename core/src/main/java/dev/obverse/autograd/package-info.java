/** Reverse-mode differentiation: switching it off, extending it, checking it. */
@NullMarked
package dev.obverse.autograd;

import org.jspecify.annotations.NullMarked;
