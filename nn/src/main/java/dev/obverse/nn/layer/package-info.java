/** Layers: one file each, with PyTorch's names. */
@NullMarked
package dev.obverse.nn.layer;

import org.jspecify.annotations.NullMarked;
