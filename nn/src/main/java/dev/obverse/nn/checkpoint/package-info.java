/** Weights in safetensors files, and checkpoints to resume from. */
@NullMarked
package dev.obverse.nn.checkpoint;

import org.jspecify.annotations.NullMarked;
