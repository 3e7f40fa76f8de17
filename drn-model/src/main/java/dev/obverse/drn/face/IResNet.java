package dev.obverse.drn.face;

import dev.obverse.nn.Layer;
import dev.obverse.nn.init.Init;
import dev.obverse.nn.layer.BatchNorm;
import dev.obverse.nn.layer.Conv2d;
import dev.obverse.nn.layer.Linear;
import dev.obverse.nn.layer.PReLU;
import dev.obverse.nn.layer.Sequential;
import dev.obverse.random.Philox;
import dev.obverse.tensor.ConvOptions;
import dev.obverse.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The residual network of face recognition (Deng et al. 2019, section 3.2; Duta et al. 2020): batch norm before and
 * after each convolution, PReLU between, four stages that each halve the picture, and a fully connected layer over the
 * whole last map. Names are those of InsightFace's PyTorch code, so that its weights fit.
 */
final class IResNet extends Layer {
    /** Blocks of the stages of IResNet-50. */
    static final List<Integer> BLOCKS_50 = List.of(3, 4, 14, 3);

    private final Conv2d conv1;
    private final BatchNorm bn1;
    private final PReLU prelu;
    private final List<Sequential> stages = new ArrayList<>();
    private final BatchNorm bn2;
    private final Linear fc;
    private final BatchNorm features;

    /**
     * With random weights.
     *
     * @param blocks of each of the four stages
     * @param width channels of the first stage, 64 in the paper; each stage has twice as many as the one before
     * @param size side of the pictures, a multiple of 16; 112 in the paper
     */
    IResNet(List<Integer> blocks, int width, int size, int embedding, Philox random) {
        conv1 = child("conv1", conv(3, width, 3, 1, random));
        bn1 = child("bn1", new BatchNorm(width));
        prelu = child("prelu", new PReLU(width));
        int in = width;
        for (int stage = 1; stage <= blocks.size(); stage++) {
            int out = width << (stage - 1);
            var layers = new Sequential();
            for (int block = 0; block < blocks.get(stage - 1); block++) {
                layers.add(String.valueOf(block), new Block(in, out, block == 0 ? 2 : 1, random));
                in = out;
            }
            stages.add(child("layer" + stage, layers));
        }
        int side = size / 16;
        bn2 = child("bn2", new BatchNorm(in));
        fc = child("fc", new Linear(in * side * side, embedding, random));
        features = child("features", new BatchNorm(embedding));
    }

    private static Conv2d conv(int in, int out, int kernel, int stride, Philox random) {
        var options = ConvOptions.DEFAULT.stride(stride).padding(kernel / 2);
        return new Conv2d(in, out, kernel, kernel, options, false, 1, Init.kaimingNormal(0.25), random);
    }

    /** {@code [N,S,S,3]}, values in [-1,1], to {@code [N,embedding]}. */
    @Override
    public Tensor forward(Tensor x) {
        var y = prelu.forward(bn1.forward(conv1.forward(x)));
        for (var stage : stages) {
            y = stage.forward(y);
        }
        return features.forward(fc.forward(bn2.forward(y).flatten(1)));
    }

    /** Two 3x3 convolutions beside a shortcut. */
    private static final class Block extends Layer {
        private final BatchNorm bn1;
        private final Conv2d conv1;
        private final BatchNorm bn2;
        private final PReLU prelu;
        private final Conv2d conv2;
        private final BatchNorm bn3;
        private final @Nullable Sequential downsample;

        Block(int in, int out, int stride, Philox random) {
            bn1 = child("bn1", new BatchNorm(in));
            conv1 = child("conv1", conv(in, out, 3, 1, random));
            bn2 = child("bn2", new BatchNorm(out));
            prelu = child("prelu", new PReLU(out));
            conv2 = child("conv2", conv(out, out, 3, stride, random));
            bn3 = child("bn3", new BatchNorm(out));
            downsample = stride == 1
                    ? null
                    : child("downsample", new Sequential(conv(in, out, 1, stride, random), new BatchNorm(out)));
        }

        @Override
        public Tensor forward(Tensor x) {
            var y = prelu.forward(bn2.forward(conv1.forward(bn1.forward(x))));
            y = bn3.forward(conv2.forward(y));
            return y.add(downsample == null ? x : downsample.forward(x));
        }
    }
}
