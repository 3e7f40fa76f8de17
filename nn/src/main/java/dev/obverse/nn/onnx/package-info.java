/** Networks from ONNX files, and to ONNX files. */
@NullMarked
package dev.obverse.nn.onnx;

import org.jspecify.annotations.NullMarked;
