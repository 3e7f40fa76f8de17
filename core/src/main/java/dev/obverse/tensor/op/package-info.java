/** The primitive operations, one file each; {@link dev.obverse.tensor.op.Op} is the table of contents. */
@NullMarked
package dev.obverse.tensor.op;

import org.jspecify.annotations.NullMarked;
