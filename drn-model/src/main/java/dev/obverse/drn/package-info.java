/** The Disentangling Reversing Network: its configuration, networks, loss and training. */
@NullMarked
package dev.obverse.drn;

import org.jspecify.annotations.NullMarked;
