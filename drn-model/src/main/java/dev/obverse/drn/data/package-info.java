/**
 * Pictures, the pair manifest, and synthetic people whose faces can be swapped.
 *
 * <p>{@link SyntheticFaces} is the place to start; {@link FaceIdentity} and {@link FaceAttributes} say who is shown and
 * how, {@link FaceRenderer} draws them, {@link FaceSwap} fakes them, and {@link PairManifest} lists the result.
 */
@NullMarked
package dev.obverse.drn.data;

import org.jspecify.annotations.NullMarked;
