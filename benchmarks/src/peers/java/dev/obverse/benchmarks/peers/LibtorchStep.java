package dev.obverse.benchmarks.peers;

import dev.obverse.benchmarks.work.DrnSize;
import dev.obverse.benchmarks.work.Inputs;
import dev.obverse.benchmarks.work.StepWork;
import dev.obverse.benchmarks.work.Task;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The training step of the paper in libtorch; the losses are those of the preset {@code paper}. */
final class LibtorchStep implements Task {
    private static final Scalar CYCLE = new Scalar(5);

    private final LibtorchDrn network;
    private final Tensor original;
    private final Tensor fake;
    private final Tensor recognised;
    private final int batch;
    private Adam adam;

    LibtorchStep(StepWork work, Layout layout) {
        batch = work.batch();
        network = new LibtorchDrn(new DrnSize(work.width(), work.size()), layout);
        int n = batch * work.size() * work.size() * 3;
        original = layout.image(Inputs.uniform("original", n), batch, work.size(), 3);
        fake = layout.image(Inputs.uniform("fake", n), batch, work.size(), 3);
        recognised = Layout.plain(Inputs.normal("recognised", batch * DrnSize.EMBEDDING), batch, DrnSize.EMBEDDING);
        adam = adam();
    }

    private Adam adam() {
        var options = new AdamOptions(3e-4);
        options.betas().put(0, 0.5).put(1, 0.999);
        return new Adam(new TensorVector(network.parameters.values().toArray(Tensor[]::new)), options);
    }

    @Override
    public void run() {
        step();
    }

    private float step() {
        adam.zero_grad(true);
        var total = loss();
        try (var _ = new PointerScope()) {
            total.backward();
            adam.step();
            return total.item_float();
        } finally {
            total.releaseReference();
        }
    }

    /**
     * The graph alone keeps what backward needs: every other handle is given back before. The caller releases the loss.
     */
    private Tensor loss() {
        try (var _ = new PointerScope()) {
            var both = torch.cat(new TensorVector(original, fake), 0);
            var identity = network.encode("identityEncoder", both);
            var attribute = network.encode("attributeEncoder", both);
            var images = network.decode(identity, attribute);
            var traced = second(images);
            var z = network.vector("identityEncoder", identity);
            var zo = first(z);
            var zf = second(z);
            var a = network.vector("attributeEncoder", attribute);
            var ao = first(a);
            var af = second(a);
            var zt = network.vector("identityEncoder", network.encode("identityEncoder", traced));
            var target = zo.detach();
            var length = recognised.square().sum(new long[] {1}, true, null).sqrt();
            var total = torch.l1_loss(zo, recognised.div(length))
                    .add(torch.cosine_similarity(zo, ao, 1, 1e-8)
                            .add(torch.cosine_similarity(zf, af, 1, 1e-8))
                            .mean())
                    .add(torch.mse_loss(first(images), original))
                    .add(torch.l1_loss(zf, target))
                    .add(torch.mse_loss(traced, original))
                    .add(torch.l1_loss(zt, target).mul(CYCLE));
            total.retainReference();
            return total;
        }
    }

    private Tensor first(Tensor both) {
        return both.narrow(0, 0, batch);
    }

    private Tensor second(Tensor both) {
        return both.narrow(0, batch, batch);
    }

    /** The loss, the length of each part's gradient, and how far Adam went down the gradient. */
    @Override
    public float[] result() {
        network.share();
        adam = adam();
        float before = step();
        try (var _ = new PointerScope();
                var _ = new NoGradGuard()) {
            return new float[] {
                before,
                gradientLength("identityEncoder"),
                gradientLength("attributeEncoder"),
                gradientLength("decoder"),
                descent()
            };
        }
    }

    private float descent() {
        double sum = 0;
        for (var entry : network.parameters.entrySet()) {
            try (var _ = new PointerScope()) {
                var weight = entry.getValue();
                var moved = network.shared(entry.getKey(), weight).sub(weight);
                sum += moved.mul(weight.grad()).sum().item_float();
            }
        }
        return (float) sum;
    }

    private float gradientLength(String part) {
        double sum = 0;
        for (var entry : network.parameters.entrySet()) {
            if (entry.getKey().startsWith(part)) {
                // norm() adds up in float32, and loses a percent over the head's 67 million values; sum() is pairwise.
                sum += entry.getValue().grad().square().sum().item_float();
            }
        }
        return (float) Math.sqrt(sum);
    }
}
