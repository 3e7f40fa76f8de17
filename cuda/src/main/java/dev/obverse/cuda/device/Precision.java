package dev.obverse.cuda.device;

/** How exactly convolutions and matrix products may take their inputs; sums are float32 in all. */
public enum Precision {
    /** 24 significant bits. */
    FLOAT32,
    /** 11 significant bits, rounded by the tensor cores on their way in. */
    TF32,
    /** 8 significant bits, copied into bfloat16 first; what a convolution makes is rounded to it as well. */
    BF16
}
