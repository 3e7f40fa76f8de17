/**
 * Face detectors: where the faces of a picture are, and five points of each.
 *
 * <p>{@link dev.obverse.drn.detect.OnnxFaceDetector} runs the SCRFD and YuNet networks that others have trained.
 */
@NullMarked
package dev.obverse.drn.detect;

import org.jspecify.annotations.NullMarked;
