/** Matrix products by cuBLAS. */
@NullMarked
package dev.obverse.cuda.blas;

import org.jspecify.annotations.NullMarked;
