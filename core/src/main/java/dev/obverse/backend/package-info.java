/** The contract between tensors and whatever computes them: kernel families and the records they take. */
@NullMarked
package dev.obverse.backend;

import org.jspecify.annotations.NullMarked;
