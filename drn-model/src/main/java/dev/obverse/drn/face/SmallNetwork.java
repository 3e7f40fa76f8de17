package dev.obverse.drn.face;

import dev.obverse.nn.Layer;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Linear;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Four 3x3 convolutions that halve the picture, and a fully connected layer over the whole last map, because where a
 * feature lies matters for faces (which is why ArcFace networks do not pool there). Every layer is followed by batch
 * norm, the convolutions then by LeakyReLU. Residual convolutions between them doubled the time and gained nothing on
 * synthetic faces.
 */
final class SmallNetwork extends Layer {
    private static final double SLOPE = 0.1;

    private final List<Unit> stages = new ArrayList<>();
    private final Linear head;
    private final BatchNorm headNorm;

    SmallNetwork(RecogniserArchitecture a, Philox random) {
        int in = 3;
        for (int stage = 1; stage <= 4; stage++) {
            int out = a.width() << (stage - 1);
            stages.add(child("stage" + stage, new Unit(in, out, random)));
            in = out;
        }
        int side = a.inputSize() / 16;
        head = child("head", new Linear(side * side * in, a.embedding(), false, Init.kaimingNormal(1), random));
        headNorm = child("headNorm", new BatchNorm(a.embedding()));
    }

    /** {@code [N,S,S,3]}, values in [-1,1], to {@code [N,embedding]}. */
    @Override
    public Tensor forward(Tensor x) {
        var y = x;
        for (var stage : stages) {
            y = stage.forward(y);
        }
        return headNorm.forward(head.forward(y.flatten(1)));
    }

    /** A convolution without bias, which batch norm would take away again, batch norm, and LeakyReLU. */
    private static final class Unit extends Layer {
        private final Conv2d conv;
        private final BatchNorm norm;

        Unit(int in, int out, Philox random) {
            var options = ConvOptions.DEFAULT.stride(2).padding(1);
            conv = child("conv", new Conv2d(in, out, 3, 3, options, false, 1, Init.kaimingNormal(SLOPE), random));
            norm = child("norm", BatchNorm.withLeakyRelu(out, SLOPE));
        }

        @Override
        public Tensor forward(Tensor x) {
            return norm.forward(conv.forward(x));
        }
    }
}
