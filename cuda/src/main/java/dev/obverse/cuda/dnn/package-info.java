/** Convolution by cuDNN. */
@NullMarked
package dev.obverse.cuda.dnn;

import org.jspecify.annotations.NullMarked;
