/** Computation on NVIDIA GPUs through JCuda, JCublas and JCudnn. */
@NullMarked
package dev.obverse.cuda;

import org.jspecify.annotations.NullMarked;
