/** Who is measured: this library and its peers, each in a process of its own. */
@NullMarked
package dev.obverse.benchmarks.side;

import org.jspecify.annotations.NullMarked;
