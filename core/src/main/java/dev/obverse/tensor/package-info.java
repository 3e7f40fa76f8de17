/** Tensors and the operations on them. */
@NullMarked
package dev.obverse.tensor;

import org.jspecify.annotations.NullMarked;
