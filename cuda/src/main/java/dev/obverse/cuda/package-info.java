/** Where computation on NVIDIA GPUs will be; for now a provider that says there is none. */
@NullMarked
package dev.obverse.cuda;

import org.jspecify.annotations.NullMarked;
