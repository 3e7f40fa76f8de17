/** Kernels of our own: CUDA C++ in resources, compiled by NVRTC at first use, and the families that run on them. */
@NullMarked
package dev.obverse.cuda.kernel;

import org.jspecify.annotations.NullMarked;
