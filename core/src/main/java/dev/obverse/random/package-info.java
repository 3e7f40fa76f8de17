/** Random numbers that repeat anywhere. */
@NullMarked
package dev.obverse.random;

import org.jspecify.annotations.NullMarked;
