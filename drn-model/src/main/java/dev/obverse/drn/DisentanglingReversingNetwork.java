package dev.obverse.drn;

import dev.obverse.nn.Module;
import dev.obverse.random.Philox;
import dev.obverse.tensor.Functional;
import dev.obverse.tensor.Shape;
import dev.obverse.tensor.Tensor;

/**
 * The network of J. Ai, Z. Wang, B. Huang and Z. Han, "Deepfake Face Traceability with Disentangling Reversing
 * Network": two encoders that split a face into who it is and how it looks, and one decoder that puts a face together
 * again.
 */
public final class DisentanglingReversingNetwork extends Module {
    private final Architecture architecture;
    private final Encoder identityEncoder;
    private final Encoder attributeEncoder;
    private final Decoder decoder;

    /** Kaiming-normal weights drawn from {@code seed}; equal seeds give equal networks. */
    public DisentanglingReversingNetwork(Architecture architecture, long seed) {
        this.architecture = architecture;
        var random = new Philox(seed).stream(0);
        identityEncoder = child("identityEncoder", new Encoder(architecture, random));
        attributeEncoder = child("attributeEncoder", new Encoder(architecture, random));
        decoder = child("decoder", new Decoder(architecture, random));
    }

    public Architecture architecture() {
        return architecture;
    }

    /**
     * I_tra = D(E_id(fake), E_attr(fake)): the probable original of each fake.
     *
     * @param fake {@code [N,S,S,3]}, values in [0,1]
     * @return the same shape and range
     */
    public Tensor trace(Tensor fake) {
        checkImages("fake", fake);
        return decoder.forward(fake, identityEncoder.maps(fake), attributeEncoder.maps(fake));
    }

    /**
     * Everything the losses need, from pairs: the paper's identity-disentangling module over the originals and its
     * face-reversing module over the fakes.
     *
     * <p>Originals and fakes go through as one batch: fewer, larger kernels. Without batch statistics the numbers are
     * the same. With them both kinds share what normalises them, as they share the running statistics in evaluation.
     */
    public Passes forward(Tensor original, Tensor fake) {
        checkImages("original", original);
        checkImages("fake", fake);
        int n = original.dim(0);
        var both = Functional.concat(0, original, fake);
        var identity = identityEncoder.forward(both);
        var attribute = attributeEncoder.forward(both);
        var images = decoder.forward(both, identity.maps(), attribute.maps());
        var traced = images.slice(0, n, 2 * n);
        return new Passes(
                images.slice(0, 0, n),
                traced,
                identity.vector(0, n),
                identity.vector(n, 2 * n),
                identityEncoder.forward(traced).vector(),
                attribute.vector(0, n),
                attribute.vector(n, 2 * n));
    }

    private void checkImages(String what, Tensor images) {
        int size = architecture.size();
        if (images.rank() != 4 || !images.shape().with(0, 1).equals(Shape.of(1, size, size, 3))) {
            throw new IllegalArgumentException("This network takes " + what + " images of shape [N," + size + "," + size
                    + ",3], not " + images.shape());
        }
    }
}
