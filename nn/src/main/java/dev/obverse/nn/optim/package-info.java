/** Optimisers, learning-rate schedules, gradient clipping and averages of weights. */
@NullMarked
package dev.obverse.nn.optim;

import org.jspecify.annotations.NullMarked;
