/** The libraries that are measured beside ours. Compiled with the profile {@code peers} only. */
@NullMarked
package dev.obverse.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
