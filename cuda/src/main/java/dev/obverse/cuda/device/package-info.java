/**
 * One card: memory, streams, errors. All that talks to CUDA's driver is behind {@link dev.obverse.cuda.device.Card}.
 */
@NullMarked
package dev.obverse.cuda.device;

import org.jspecify.annotations.NullMarked;
