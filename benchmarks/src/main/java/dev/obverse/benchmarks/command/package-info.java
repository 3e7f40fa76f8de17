/** {@code obverse bench}: measures, prints a table, guards against slowdowns. */
@NullMarked
package dev.obverse.benchmarks.command;

import org.jspecify.annotations.NullMarked;
