"""Writes what PyTorch computes for every operation, forward and backward, in float64.

    pip install torch
    python goldens.py            rewrites ../resources/dev/obverse/golden/goldens.{txt,bin}

Inputs are float32 numbers, so that a float32 device can be given them exactly, and they are stored in Obverse's layout:
images [N,H,W,C], weights [KH,KW,Cin/groups,Cout], of a transposed convolution [KH,KW,Cin,Cout/groups]. The functions
below permute to PyTorch's layout and back, so gradients arrive in Obverse's layout by themselves.

goldens.txt has a line per array, "case kind shape"; goldens.bin has their numbers one after the other, little-endian,
float32 for kinds "input" and "seed" (the gradient sent into the result), float64 for "result" and "gradient".
"""

from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
random = torch.Generator().manual_seed(1)
index, numbers = [], []


def normal(*shape):
    return torch.randn(shape, generator=random, dtype=torch.float32)


def uniform(low, high, *shape):
    return low + (high - low) * torch.rand(shape, generator=random, dtype=torch.float32)


def values(*numbers):
    return torch.tensor(numbers, dtype=torch.float32)


def write(case, kind, array, dtype):
    index.append(f"{case} {kind} {'x'.join(map(str, array.shape)) or '-'}")
    numbers.append(array.detach().to(dtype).contiguous().numpy().tobytes())


def case(name, function, *inputs):
    leaves = [x.double().requires_grad_() for x in inputs]
    result = function(*leaves)
    seed = uniform(-1, 1, *result.shape)
    result.backward(seed.double())
    for x in inputs:
        write(name, "input", x, torch.float32)
    write(name, "seed", seed, torch.float32)
    write(name, "result", result, torch.float64)
    for x in leaves:
        write(name, "gradient", x.grad, torch.float64)


def arithmetic():
    a, b = normal(2, 3, 4), uniform(0.5, 2, 3, 1)
    case("add", torch.add, a, b)
    case("sub", torch.sub, a, b)
    case("mul", torch.mul, a, b)
    case("div", torch.div, a, b)
    case("rdiv_wide", lambda x, y: y / x, uniform(0.5, 2, 4), normal(2, 3, 1))
    case("maximum", torch.maximum, values(1, 2, 3, -1), values(2, 2, -3, -1))
    case("minimum", torch.minimum, values(1, 2, 3, -1), values(2, 2, -3, -1))
    case("maximum_broadcast", torch.maximum, normal(2, 3), normal(3))


def functions():
    any_sign, positive = uniform(-3, 3, 11), uniform(0.1, 4, 11)
    with_kinks = values(-2, -1, -0.5, 0, 0.5, 1, 2)
    case("affine", lambda x: 2.5 * x - 1, any_sign)
    case("abs", torch.abs, with_kinks)
    case("square", torch.square, any_sign)
    case("sqrt", torch.sqrt, positive)
    case("reciprocal", torch.reciprocal, positive)
    case("exp", torch.exp, any_sign)
    case("log", torch.log, positive)
    case("tanh", torch.tanh, any_sign)
    case("sigmoid", torch.sigmoid, any_sign)
    case("relu", torch.relu, with_kinks)
    case("leaky_relu", lambda x: F.leaky_relu(x, 0.2), with_kinks)
    case("silu", F.silu, any_sign)
    case("gelu", F.gelu, torch.cat([any_sign, values(-8, -5, 0, 5, 8)]))
    case("clamp", lambda x: torch.clamp(x, -1, 0.5), with_kinks)
    case("sign", torch.sign, with_kinks)
    case("prelu", F.prelu, normal(4, 3), uniform(0.1, 0.5, 3))


def reductions():
    x = normal(2, 3, 4)
    case("sum_all", torch.sum, x)
    case("sum_0_2", lambda x: x.sum((0, 2)), x)
    case("sum_1_keep", lambda x: x.sum(1, keepdim=True), x)
    case("mean_1_2", lambda x: x.mean((1, 2)), x)
    case("amax_1", lambda x: x.amax(1), x)
    case("amax_0_2_keep", lambda x: x.amax((0, 2), keepdim=True), x)
    ties = values(3, 1, 3, 3, -2, -2, 0, 1).reshape(2, 4)
    case("amax_ties", lambda x: x.amax(1), ties)
    case("amin_ties", lambda x: x.amin(1), ties)


def products():
    case("matmul", torch.matmul, normal(3, 4), normal(4, 5))
    case("matmul_transposed", lambda a, b: a @ b.T, normal(3, 4), normal(5, 4))
    case("matmul_batched", torch.matmul, normal(2, 3, 4), normal(2, 4, 5))
    case("matmul_shared_a", torch.matmul, normal(3, 4), normal(2, 4, 5))
    case("matmul_shared_b", torch.matmul, normal(2, 3, 4), normal(4, 5))
    case("matmul_batched_transposed", lambda a, b: a @ b.transpose(-1, -2), normal(2, 3, 4), normal(2, 5, 4))
    case("linear", F.linear, normal(3, 4), normal(5, 4), normal(5))


def first(x):
    """[N,H,W,C] to [N,C,H,W]."""
    return x.permute(0, 3, 1, 2)


def last(x):
    """[N,C,H,W] to [N,H,W,C]."""
    return x.permute(0, 2, 3, 1)


def conv(name, x, w, bias=True, pad=(0, 0, 0, 0), slope=None, **options):
    """pad is (top, left, bottom, right)."""
    top, left, bottom, right = pad

    def function(x, w, b=None):
        padded = F.pad(first(x), (left, right, top, bottom))
        y = last(F.conv2d(padded, w.permute(3, 2, 0, 1), b, **options))
        return y if slope is None else F.leaky_relu(y, slope)

    case(name, function, x, w, *([normal(w.shape[-1])] if bias else []))


def transposed(name, x, w, bias=True, **options):
    def function(x, w, b=None):
        return last(F.conv_transpose2d(first(x), w.permute(2, 3, 0, 1), b, **options))

    cout = w.shape[-1] * options.get("groups", 1)
    case(name, function, x, w, *([normal(cout)] if bias else []))


def convolutions():
    conv("conv2d_1x1", normal(2, 3, 4, 3), normal(1, 1, 3, 5))
    conv("conv2d_3x3_same", normal(2, 5, 4, 3), normal(3, 3, 3, 4), pad=(1, 1, 1, 1))
    conv("conv2d_no_bias", normal(1, 5, 4, 2), normal(3, 3, 2, 3), bias=False)
    conv("conv2d_leaky", normal(1, 6, 5, 3), normal(3, 3, 3, 4), pad=(1, 1, 1, 1), slope=0.2)
    conv("conv2d_stride2", normal(1, 7, 6, 3), normal(3, 3, 3, 4), pad=(1, 1, 1, 1), stride=2)
    conv("conv2d_stride_2_1", normal(1, 7, 6, 2), normal(3, 3, 2, 3), stride=(2, 1))
    conv("conv2d_2x2_asymmetric", normal(1, 4, 4, 2), normal(2, 2, 2, 3), pad=(0, 0, 1, 1))
    conv("conv2d_asymmetric", normal(1, 4, 4, 2), normal(3, 3, 2, 3), pad=(2, 0, 1, 3))
    conv("conv2d_5x3", normal(1, 6, 5, 2), normal(5, 3, 2, 2), pad=(2, 1, 2, 1))
    conv("conv2d_4x4", normal(1, 6, 6, 2), normal(4, 4, 2, 2), pad=(1, 1, 1, 1), stride=2)
    conv("conv2d_7x7", normal(1, 7, 7, 1), normal(7, 7, 1, 2), pad=(3, 3, 3, 3))
    conv("conv2d_dilation2", normal(1, 7, 7, 2), normal(3, 3, 2, 2), pad=(2, 2, 2, 2), dilation=2)
    conv("conv2d_dilation_3_2", normal(1, 8, 7, 1), normal(3, 2, 1, 2), dilation=(3, 2))
    conv("conv2d_groups", normal(1, 4, 5, 4), normal(3, 3, 2, 6), pad=(1, 1, 1, 1), groups=2)
    conv("conv2d_depthwise", normal(1, 4, 5, 3), normal(3, 3, 1, 3), pad=(1, 1, 1, 1), groups=3)
    transposed("conv_transpose2d_2x2", normal(2, 3, 2, 3), normal(2, 2, 3, 4), stride=2)
    transposed("conv_transpose2d_3x3", normal(1, 3, 4, 2), normal(3, 3, 2, 3), bias=False)
    transposed("conv_transpose2d_output_padding", normal(1, 3, 4, 2), normal(3, 3, 2, 3),
               stride=2, padding=1, output_padding=1)
    transposed("conv_transpose2d_4x4", normal(1, 3, 3, 2), normal(4, 4, 2, 3), stride=2, padding=1)
    transposed("conv_transpose2d_dilation", normal(1, 3, 3, 2), normal(3, 3, 2, 2), dilation=2)
    transposed("conv_transpose2d_groups", normal(1, 3, 3, 4), normal(3, 3, 4, 3), stride=2, groups=2)


def images():
    x = normal(2, 5, 6, 3)
    coarse = torch.round(2 * normal(1, 6, 6, 2))
    pooled = {
        "max_pool2d": (x, lambda x: F.max_pool2d(x, 2)),
        "max_pool2d_overlapping": (x, lambda x: F.max_pool2d(x, 3, 2, 1)),
        "max_pool2d_ties": (coarse, lambda x: F.max_pool2d(x, 3, 1, 1)),
        "avg_pool2d": (x, lambda x: F.avg_pool2d(x, 2)),
        "avg_pool2d_padded": (x, lambda x: F.avg_pool2d(x, 3, 2, 1)),
        "global_avg_pool2d": (x, lambda x: F.adaptive_avg_pool2d(x, 1)),
    }
    for name, (image, pool) in pooled.items():
        case(name, lambda x, pool=pool: last(pool(first(x))), image)
    small = normal(1, 3, 4, 2)
    for mode in "nearest", "bilinear":
        for size in (6, 8), (7, 3), (2, 9), (1, 1):
            options = {} if mode == "nearest" else {"align_corners": False}
            case(f"{mode}_{size[0]}x{size[1]}",
                 lambda x, size=size: last(F.interpolate(first(x), size, mode=mode, **options)), small)


def norms():
    x, gamma, beta = normal(2, 3, 2, 4), uniform(0.5, 2, 4), normal(4)
    case("batch_norm", lambda x, g, b: last(F.batch_norm(first(x), None, None, g, b, training=True)), x, gamma, beta)
    case("instance_norm", lambda x, g, b: last(F.instance_norm(first(x), None, None, g, b)), x, gamma, beta)
    case("group_norm", lambda x, g, b: last(F.group_norm(first(x), 2, g, b)), x, gamma, beta)
    case("layer_norm", lambda x, g, b: F.layer_norm(x, (4,), g, b), x, gamma, beta)
    case("softmax", lambda x: torch.softmax(x, -1), normal(3, 5))
    case("log_softmax", lambda x: torch.log_softmax(x, -1), normal(3, 5))
    case("log_softmax_large", lambda x: torch.log_softmax(x, -1), 50 * normal(3, 5))
    case("l2_normalize", lambda x: F.normalize(x, dim=-1), normal(3, 4))


def losses():
    a, b = normal(3, 5), normal(3, 5)
    case("cosine_similarity", lambda a, b: F.cosine_similarity(a, b, dim=-1), a, b)
    case("l1_loss", F.l1_loss, a, b)
    case("mse_loss", F.mse_loss, a, b)
    case("cross_entropy", lambda x: F.cross_entropy(x, torch.tensor([4, 0, 2])), a)


def moves():
    x = normal(2, 3, 4)
    rows = torch.tensor([2, 0, 2, 1])
    case("reshape", lambda x: x.reshape(4, 6), x)
    case("permute", lambda x: x.permute(2, 0, 1), x)
    case("transpose", lambda x: x.transpose(-1, -2), x)
    case("expand", lambda x: x.expand(3, 2, 4), normal(2, 1))
    case("concat", lambda a, b: torch.cat([a, b], 1), x, normal(2, 2, 4))
    case("slice", lambda x: x[:, :, 1:4:2], x)
    case("pad", lambda x: F.pad(x, (1, 2, 0, 1), value=0.5), x)
    case("flip", lambda x: x.flip(0, 2), x)
    case("index_select", lambda x: x.index_select(1, rows), x)
    case("embedding", lambda t: F.embedding(rows, t), normal(4, 3))
    case("gather", lambda x: x.gather(1, torch.tensor([[0, 2], [1, 1], [3, 0]])), normal(3, 4))


def optimizer(name, make, steps=4):
    """The weights after each step; gradients are given, not computed."""
    w = normal(6).double().requires_grad_()
    gradients = normal(steps, 6)
    write(name, "input", w, torch.float32)
    write(name, "input", gradients, torch.float32)
    made, after = make([w]), []
    for gradient in gradients:
        w.grad = gradient.double()
        made.step()
        after.append(w.detach().clone())
    write(name, "result", torch.stack(after), torch.float64)


def optimizers():
    o = torch.optim
    optimizer("optimizer_adam", lambda w: o.Adam(w, 0.01, (0.5, 0.999), 1e-8))
    optimizer("optimizer_adam_decay", lambda w: o.Adam(w, 0.01, (0.9, 0.99), 1e-6, weight_decay=0.1))
    optimizer("optimizer_adamw", lambda w: o.AdamW(w, 0.01, (0.9, 0.999), 1e-8, weight_decay=0.1))
    optimizer("optimizer_sgd", lambda w: o.SGD(w, 0.1))
    optimizer("optimizer_sgd_momentum", lambda w: o.SGD(w, 0.1, 0.9, weight_decay=0.01))
    optimizer("optimizer_sgd_nesterov", lambda w: o.SGD(w, 0.1, 0.9, weight_decay=0.01, nesterov=True))


def fused():
    """A norm and its activation; statistics that are given come from scale and shift, which makes them no inputs."""
    x, gamma, beta = normal(2, 3, 2, 4), uniform(0.5, 2, 4), normal(4)

    def own(x, g, b):
        return last(F.leaky_relu(F.batch_norm(first(x), None, None, g, b, training=True), 0.2))

    def given(x, g, b):
        return last(F.relu(F.batch_norm(first(x), b.detach(), g.detach() ** 2 + 0.5, g, b)))

    def group(x, g, b):
        return last(F.leaky_relu(F.group_norm(first(x), 2, g, b), 0.1))

    case("batch_norm_leaky", own, x, gamma, beta)
    case("batch_norm_evaluation_relu", given, x, gamma, beta)
    case("group_norm_leaky", group, x, gamma, beta)


for family in (arithmetic, functions, reductions, products, convolutions, images, norms, losses, moves, optimizers, fused):
    family()
folder = Path(__file__).parent.parent / "resources/dev/obverse/golden"
(folder / "goldens.txt").write_text("\n".join(index) + "\n")
(folder / "goldens.bin").write_bytes(b"".join(numbers))
print(f"{len(index)} arrays, {sum(map(len, numbers))} bytes, PyTorch {torch.__version__}")
