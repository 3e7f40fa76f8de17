package dev.obverse.cuda.dnn;

import static dev.obverse.cuda.dnn.Cudnn.check;

import dev.obverse.backend.ConvSpec;
import dev.obverse.cuda.device.Precision;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** cuDNN's description of one convolution in one order of axes. */
record ConvDescriptors(
        cudnnTensorDescriptor x,
        cudnnFilterDescriptor w,
        cudnnTensorDescriptor y,
        cudnnConvolutionDescriptor convolution) {

    static ConvDescriptors of(ConvSpec s, ConvGeometry g, ConvLayout order, Precision precision) {
        var d = new ConvDescriptors(
                new cudnnTensorDescriptor(),
                new cudnnFilterDescriptor(),
                new cudnnTensorDescriptor(),
                new cudnnConvolutionDescriptor());
        check("cudnnCreateTensorDescriptor", JCudnn.cudnnCreateTensorDescriptor(d.x));
        check("cudnnCreateFilterDescriptor", JCudnn.cudnnCreateFilterDescriptor(d.w));
        check("cudnnCreateTensorDescriptor", JCudnn.cudnnCreateTensorDescriptor(d.y));
        check("cudnnCreateConvolutionDescriptor", JCudnn.cudnnCreateConvolutionDescriptor(d.convolution));
        int layout = order.format();
        int type = order.type();
        check(
                "cudnnSetTensor4dDescriptor",
                JCudnn.cudnnSetTensor4dDescriptor(d.x, layout, type, s.n(), s.cin(), g.h(), g.w()));
        check(
                "cudnnSetTensor4dDescriptor",
                JCudnn.cudnnSetTensor4dDescriptor(d.y, layout, type, s.n(), s.cout(), s.outH(), s.outW()));
        check(
                "cudnnSetFilter4dDescriptor",
                JCudnn.cudnnSetFilter4dDescriptor(d.w, type, layout, s.cout(), s.cin() / s.groups(), s.kh(), s.kw()));
        check(
                "cudnnSetConvolution2dDescriptor",
                JCudnn.cudnnSetConvolution2dDescriptor(
                        d.convolution,
                        g.padH(),
                        g.padW(),
                        s.strideH(),
                        s.strideW(),
                        s.dilationH(),
                        s.dilationW(),
                        cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                        cudnnDataType.CUDNN_DATA_FLOAT));
        check("cudnnSetConvolutionGroupCount", JCudnn.cudnnSetConvolutionGroupCount(d.convolution, s.groups()));
        check("cudnnSetConvolutionMathType", JCudnn.cudnnSetConvolutionMathType(d.convolution, order.math(precision)));
        return d;
    }
}
