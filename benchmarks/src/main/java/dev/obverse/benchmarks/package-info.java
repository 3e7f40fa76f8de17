/** JMH benchmarks, one class for each kernel family. */
@NullMarked
package dev.obverse.benchmarks;

import org.jspecify.annotations.NullMarked;
