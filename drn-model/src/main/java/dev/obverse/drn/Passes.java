package dev.obverse.drn;

import dev.obverse.tensor.Tensor;

/**
 * Results of one forward pass over pairs of original and fake.
 *
 * @param reconstruction D(E_id(original), E_attr(original))
 * @param traced D(E_id(fake), E_attr(fake))
 * @param identityOfOriginal z_o, {@code [N,embedding]}, as all vectors
 * @param identityOfFake z_f
 * @param identityOfTraced z_t
 * @param attributeOfOriginal a_o
 * @param attributeOfFake a_f
 */
public record Passes(
        Tensor reconstruction,
        Tensor traced,
        Tensor identityOfOriginal,
        Tensor identityOfFake,
        Tensor identityOfTraced,
        Tensor attributeOfOriginal,
        Tensor attributeOfFake) {}
