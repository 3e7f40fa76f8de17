/**
 * Programs to learn the library from, each in one file, in this order: {@code FitALine}, {@code ClassifyFaces},
 * {@code SegmentShapes}, {@code CustomLayer}.
 */
@NullMarked
package dev.obverse.examples.learn;

import org.jspecify.annotations.NullMarked;
