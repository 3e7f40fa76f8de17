/** The {@code obverse} command line and the runnable examples. */
@NullMarked
package dev.obverse.examples;

import org.jspecify.annotations.NullMarked;
