/** Data sets, and the loader that makes batches of them while the model computes. */
@NullMarked
package dev.obverse.nn.data;

import org.jspecify.annotations.NullMarked;
