/** Videos read by FFmpeg, the only native code that runs without a card: loaded when a video is opened. */
@NullMarked
package dev.obverse.examples.video;

import org.jspecify.annotations.NullMarked;
