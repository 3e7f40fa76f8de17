/** First values of weights. */
@NullMarked
package dev.obverse.nn.init;

import org.jspecify.annotations.NullMarked;
