/** The training loop and the checks that it runs. */
@NullMarked
package dev.obverse.nn.train;

import org.jspecify.annotations.NullMarked;
