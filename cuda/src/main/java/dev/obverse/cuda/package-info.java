/** The backend of NVIDIA cards, and the provider by which core finds it. */
@NullMarked
package dev.obverse.cuda;

import org.jspecify.annotations.NullMarked;
