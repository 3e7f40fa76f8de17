/** Finding NVIDIA's libraries and loading them, without LD_LIBRARY_PATH where possible. */
@NullMarked
package dev.obverse.cuda.library;

import org.jspecify.annotations.NullMarked;
