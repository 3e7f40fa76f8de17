"""Small ONNX models and what ONNX Runtime makes of them: nn/src/test/resources/dev/obverse/nn/onnx.

    pip install onnx onnxruntime
    python nn/src/test/python/onnx_golden.py
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OUT = pathlib.Path(__file__).parents[1] / "resources/dev/obverse/nn/onnx"
rng = np.random.default_rng(1)


def weights(**arrays):
    return [numpy_helper.from_array(a, name) for name, a in arrays.items()]


def normal(*shape):
    return (rng.normal(size=shape) * 0.3).astype(np.float32)


def positive(*shape):
    return (np.abs(rng.normal(size=shape)) + 0.5).astype(np.float32)


def longs(*values):
    return np.array(values, np.int64)


def norm(name, c):
    return {name + ".g": positive(c), name + ".b": normal(c), name + ".m": normal(c), name + ".v": positive(c)}


def write(name, nodes, initializers, inputs, outputs, opset, **feeds):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None] * rank) for n, rank in outputs.items()],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=min(8, 3 + opset // 3))
    onnx.checker.check_model(model)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.onnx").write_bytes(model.SerializeToString())
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(list(outputs), feeds)
    np.savez(OUT / f"{name}.npz", **feeds, **dict(zip(outputs, results)))


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), output.split(), **attributes)


# A residual network with everything that face recognisers use, and a symbolic batch.
write(
    "recogniser",
    [
        node("Conv", "x c1.w", "c1", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("BatchNormalization", "c1 n1.g n1.b n1.m n1.v", "n1", epsilon=1e-3),
        node("PRelu", "n1 slope", "p1"),
        node("BatchNormalization", "p1 n2.g n2.b n2.m n2.v", "n2"),
        node("Cast", "c2.w16", "c2.w", to=TensorProto.FLOAT),
        node("Conv", "n2 c2.w c2.b", "c2", kernel_shape=[3, 3], auto_pad="SAME_UPPER", group=8),
        node("Clip", "c2 low high", "r2"),
        node("Add", "p1 r2", "a2"),
        node("Conv", "a2 c3.w c3.b", "c3", kernel_shape=[1, 1]),
        node("LeakyRelu", "c3", "r3", alpha=0.1),
        node("MaxPool", "r3", "m3", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        node("AveragePool", "m3", "m4", kernel_shape=[2, 2], strides=[1, 1], pads=[1, 0, 0, 1]),
        node("Shape", "m4", "shape"),
        node("Gather", "shape zero", "n", axis=0),
        node("Unsqueeze", "n axes", "n1d"),
        node("Concat", "n1d rest", "flat", axis=0),
        node("Reshape", "m4 flat", "f"),
        node("Gemm", "f fc.w fc.b", "fc", transB=1),
        node("BatchNormalization", "fc n3.g n3.b n3.m n3.v", "y"),
    ],
    weights(
        **{"c1.w": normal(8, 3, 3, 3), "c2.b": normal(8), "c3.w": normal(6, 8, 1, 1), "c3.b": normal(6)},
        **{"c2.w16": normal(8, 1, 3, 3).astype(np.float16), "slope": positive(8, 1, 1)},
        **norm("n1", 8), **norm("n2", 8), **norm("n3", 5),
        **{"low": np.float32(-0.5), "high": np.float32(0.5), "zero": np.int64(0), "axes": longs(0), "rest": longs(-1)},
        **{"fc.w": normal(5, 6 * 3 * 3), "fc.b": normal(5)},
    ),
    [("x", ["batch", 3, 12, 14])],
    {"y": 2},
    13,
    x=normal(2, 3, 12, 14),
)

# Older forms: bounds, axes and scales as attributes, softmax over all that follows.
write(
    "older",
    [
        node("Pad", "x", "p", pads=[0, 0, 1, 2, 0, 0, 0, 1], mode="reflect"),
        node("Slice", "p", "s", starts=[0, 1], ends=[2, 100], axes=[1, 3]),
        node("Clip", "s", "c", min=-0.2, max=0.4),
        node("Upsample", "c scales", "u", mode="nearest"),
        node("Transpose", "u", "t", perm=[0, 2, 3, 1]),
        node("Softmax", "t", "y", axis=2),
    ],
    weights(scales=np.array([1, 1, 2, 2], np.float32)),
    [("x", [1, 3, 4, 5])],
    {"y": 4},
    9,
    x=normal(1, 3, 4, 5),
)

# What decoders use: transposed convolutions, resizing, instance norm, softmax over channels.
write(
    "decoder",
    [
        node("ConvTranspose", "x u1.w u1.b", "u1", kernel_shape=[2, 2], strides=[2, 2]),
        node("InstanceNormalization", "u1 g b", "i1"),
        node("Relu", "i1", "r1"),
        node("ConvTranspose", "r1 u2.w", "u2", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1],
             output_padding=[1, 1]),
        node("Resize", "u2 none scales", "z", mode="linear", coordinate_transformation_mode="half_pixel"),
        node("Softmax", "z", "m", axis=1),
        node("Split", "m", "a rest", axis=1, num_outputs=2),
        node("ReduceMean", "rest axes", "k", keepdims=1),
        node("Mul", "a k", "y"),
    ],
    weights(
        **{"u1.w": normal(4, 6, 2, 2), "u1.b": normal(6), "u2.w": normal(6, 4, 3, 3)},
        g=positive(6), b=normal(6), none=np.zeros(0, np.float32), axes=longs(2, 3),
        scales=np.array([1, 1, 1.5, 2], np.float32),
    ),
    [("x", ["n", 4, 3, 2])],
    {"y": 4},
    18,
    x=normal(2, 4, 3, 2),
)


def constant(name, value):
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(value, np.float32)))


# What a convolution takes in: norms and bounds of Constant nodes, slopes, residuals; and what it must not.
write(
    "fused",
    [
        *[constant(name, value) for name, value in norm("n1", 8).items()],
        constant("slope", normal(8, 1, 1)),
        constant("zero", 0),
        constant("low", 0.3),
        node("Identity", "c1.w0", "c1.w"),
        node("Conv", "x c1.w", "c1", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("BatchNormalization", "c1 n1.g n1.b n1.m n1.v", "n1"),
        node("PRelu", "n1 slope", "p1"),
        node("Conv", "p1 c2.w c2.b", "c2", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=8),
        node("Clip", "c2 zero low", "r2"),
        node("Conv", "r2 c3.w", "c3", kernel_shape=[1, 1]),
        node("Add", "p1 c3", "a3"),
        node("Relu", "a3", "r3"),
        node("GlobalAveragePool", "r3", "mean"),
        node("Conv", "r3 c4.w c4.b", "c4", kernel_shape=[1, 1]),
        node("Add", "c4 mean", "a4"),
        node("LeakyRelu", "a4", "r4", alpha=0.2),
        node("Conv", "r4 c5.w", "c5", kernel_shape=[1, 1]),
        node("Add", "c5 c5", "a5"),
        node("Conv", "a5 c6.w", "c6", kernel_shape=[1, 1]),
        node("Conv", "a5 c7.w", "c7", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Add", "c6 c7", "a7"),
        node("BatchNormalization", "a7 n2.g n2.b n2.m n2.v", "y"),
    ],
    weights(
        **{"c1.w0": normal(8, 3, 3, 3), "c2.w": normal(8, 1, 3, 3), "c2.b": normal(8), "c3.w": normal(8, 8, 1, 1)},
        **{"c4.w": normal(8, 8, 1, 1), "c4.b": normal(8), "c5.w": normal(8, 8, 1, 1), "c6.w": normal(8, 8, 1, 1)},
        **{"c7.w": normal(8, 8, 3, 3)}, **norm("n2", 8),
    ),
    [("x", ["n", 3, 9, 7])],
    {"y": 4},
    13,
    x=normal(2, 3, 9, 7),
)
