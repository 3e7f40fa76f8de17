/** What is measured: one record for each family of work, the same for every library that does it. */
@NullMarked
package dev.obverse.benchmarks.work;

import org.jspecify.annotations.NullMarked;
