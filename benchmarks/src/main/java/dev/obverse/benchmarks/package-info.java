/** JMH benchmarks, one class for each kernel family, and the yardsticks that times are held against. */
@NullMarked
package dev.obverse.benchmarks;

import org.jspecify.annotations.NullMarked;
