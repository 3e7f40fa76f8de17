/** One file per command of the {@code obverse} command line, and what they share. */
@NullMarked
package dev.obverse.examples.command;

import org.jspecify.annotations.NullMarked;
