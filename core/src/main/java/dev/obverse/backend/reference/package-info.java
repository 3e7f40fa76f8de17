/** Every kernel in float64 by the plainest loops there are: what all other backends are checked against. */
@NullMarked
package dev.obverse.backend.reference;

import org.jspecify.annotations.NullMarked;
