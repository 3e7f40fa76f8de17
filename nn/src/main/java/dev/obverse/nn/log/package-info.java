/** What a training run writes down: one JSON object per step, and files for TensorBoard. */
@NullMarked
package dev.obverse.nn.log;

import org.jspecify.annotations.NullMarked;
