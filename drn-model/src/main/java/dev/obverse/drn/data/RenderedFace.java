package dev.obverse.drn.data;

/**
 * A picture of a synthetic face.
 *
 * @param image the picture
 * @param landmarks where the parts of the face lie in it
 * @param innerFace soft mask [H,W] of the inner face (brows to chin, without hair), 0 outside to 1 inside
 */
public record RenderedFace(RgbImage image, FaceLandmarks landmarks, float[] innerFace) {}
