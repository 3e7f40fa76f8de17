/** Losses that have weights or more than one formula; the simple ones are in {@link dev.obverse.tensor.Functional}. */
@NullMarked
package dev.obverse.nn.loss;

import org.jspecify.annotations.NullMarked;
