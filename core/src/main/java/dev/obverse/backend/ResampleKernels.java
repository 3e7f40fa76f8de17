package dev.obverse.backend;

/** Changing the resolution of images. */
public interface ResampleKernels {
    void resize(ResizeSpec spec, Storage x, Storage y);

    void resizeGradient(ResizeSpec spec, Storage dy, Storage dx);
}
