/** What the operators of ONNX compute, one small family a file; {@link Operators} is the table of contents. */
@NullMarked
package dev.obverse.nn.onnx.op;

import org.jspecify.annotations.NullMarked;
