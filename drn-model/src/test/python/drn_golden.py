"""One training step of the DRN in PyTorch, float64, as numbers for GoldenStepTest.

    pip install torch && python drn_golden.py ../resources/dev/obverse/drn

The network and the losses are written here from the paper and from nothing of ours. Weights and inputs come from an
integer hash of (name, index) that the test computes too, so that only results need to be stored: every loss term, every
gradient, and every weight after two Adam steps, in the library's layouts (NHWC, [KH,KW,Cin,Cout], [out,in]).
"""

import json
import struct
import sys
import zlib

import torch
import torch.nn.functional as F

WIDTH, SIZE, BATCH, EMBEDDING, SLOPE = 4, 32, 2, 8, 0.2
LR, BETAS, EPS = 3e-4, (0.5, 0.999), 1e-8
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def hashed(name, shape):
    """Values in [-1, 1) in row-major order of `shape`: a 32-bit multiplicative hash of the index, keyed by the name."""
    n = 1
    for s in shape:
        n *= s
    i = torch.arange(n, dtype=torch.int64)
    h = (i * 2654435761 + zlib.crc32(name.encode())) & 0xFFFFFFFF
    h = h ^ (h >> 16)
    h = (h * 0x45D9F3B) & 0xFFFFFFFF
    h = h ^ (h >> 16)
    return ((h >> 8).double() / 2**23 - 1).reshape(shape)


weights = {}  # name -> tensor in the library's layout; converted to PyTorch's where it is used


def weight(name, shape, fan_in):
    bound = (3 * 2 / (1 + SLOPE**2) / fan_in) ** 0.5
    weights[name + ".weight"] = (hashed(name + ".weight", shape) * bound).requires_grad_()


def bias(name, n):
    weights[name + ".bias"] = (hashed(name + ".bias", [n]) * 0.1).requires_grad_()


def make_conv(name, cin, cout, k=3):
    weight(name, [k, k, cin, cout], cin * k * k)
    bias(name, cout)


def make_block(name, cin, cout):
    make_conv(name + ".conv1", cin, cout)
    make_conv(name + ".conv2", cout, cout)


def make():
    w = WIDTH
    for enc in ("identityEncoder", "attributeEncoder"):
        cin = 3
        for stage in range(1, 5):
            cout = w * 2 ** (stage - 1)
            make_block(f"{enc}.stage{stage}", cin, cout)
            cin = cout
        features = (SIZE // 8) ** 2 * 8 * w
        weight(f"{enc}.head", [EMBEDDING, features], features)
        bias(f"{enc}.head", EMBEDDING)
    make_block("decoder.fuse", 16 * w, 8 * w)
    for up, c in ((1, 4 * w), (2, 2 * w), (3, w)):
        weight(f"decoder.up{up}", [2, 2, 2 * c, c], 2 * c)
        bias(f"decoder.up{up}", c)
        make_block(f"decoder.block{up}", 3 * c, c)
    make_conv("decoder.out", w, 3)


def conv(name, x):
    return F.conv2d(x, weights[name + ".weight"].permute(3, 2, 0, 1), weights[name + ".bias"], padding=1)


def block(name, x):
    x = F.leaky_relu(conv(name + ".conv1", x), SLOPE)
    return F.leaky_relu(conv(name + ".conv2", x), SLOPE)


def encode(enc, x):
    maps = []
    for stage in range(1, 5):
        if stage > 1:
            x = F.max_pool2d(x, 2)
        x = block(f"{enc}.stage{stage}", x)
        maps.append(x)
    flat = x.permute(0, 2, 3, 1).flatten(1)
    return maps, F.linear(flat, weights[enc + ".head.weight"], weights[enc + ".head.bias"])


def decode(given, identity, attribute, residual):
    x = block("decoder.fuse", torch.cat([identity[3], attribute[3]], 1))
    for up in (1, 2, 3):
        x = F.conv_transpose2d(
            x, weights[f"decoder.up{up}.weight"].permute(2, 3, 0, 1), weights[f"decoder.up{up}.bias"], stride=2
        )
        x = block(f"decoder.block{up}", torch.cat([x, identity[3 - up], attribute[3 - up]], 1))
    x = conv("decoder.out", x)
    return torch.clamp(given + 0.1 * x, 0, 1) if residual else torch.sigmoid(x)


def losses(original, fake, z_pre, squared, attr_weight, residual):
    id_o, z_o = encode("identityEncoder", original)
    at_o, a_o = encode("attributeEncoder", original)
    id_f, z_f = encode("identityEncoder", fake)
    at_f, a_f = encode("attributeEncoder", fake)
    reconstruction, traced = decode(original, id_o, at_o, residual), decode(fake, id_f, at_f, residual)
    _, z_t = encode("identityEncoder", traced)
    cos = lambda a, b: F.cosine_similarity(a, b, dim=1)
    square = (lambda v: v * v) if squared else (lambda v: v)
    terms = {
        "id": F.l1_loss(z_o, z_pre),
        "redun": (square(cos(z_o, a_o)) + square(cos(z_f, a_f))).mean(),
        "recon": F.mse_loss(original, reconstruction),
        "map": F.l1_loss(z_f, z_o.detach()),
        "gen": F.mse_loss(original, traced),
        "cycle": F.l1_loss(z_t, z_o.detach()),
        "attr": F.l1_loss(a_f, a_o.detach()),
    }
    scale = {"cycle": 5.0, "attr": attr_weight}
    return terms, sum(scale.get(k, 1.0) * v for k, v in terms.items())


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, t in tensors.items():
        raw = t.detach().float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def run(out, name, squared, attr_weight, residual, keep_gradients):
    weights.clear()
    make()
    original = (hashed("original", [BATCH, SIZE, SIZE, 3]) + 1) / 2
    fake = (hashed("fake", [BATCH, SIZE, SIZE, 3]) + 1) / 2
    z_pre = F.normalize(hashed("z_pre", [BATCH, EMBEDDING]), dim=1)
    images = original.permute(0, 3, 1, 2), fake.permute(0, 3, 1, 2)
    adam = torch.optim.Adam(weights.values(), lr=LR, betas=BETAS, eps=EPS)
    result, metadata = {}, {}
    for step in (1, 2):
        adam.zero_grad()
        terms, total = losses(*images, z_pre, squared, attr_weight, residual)
        total.backward()
        metadata |= {f"step{step}.{k}": repr(v.item()) for k, v in (terms | {"total": total}).items()}
        if step == 1:
            for k, v in weights.items():
                if keep_gradients:
                    result["gradient/" + k] = v.grad.clone()
        adam.step()
    # A weight moves by about the learning rate whatever its gradient: keep the move, a projection of it per tensor.
    make_start = {k: v.detach().clone() for k, v in weights.items()}
    weights.clear()
    make()
    for k, v in make_start.items():
        move = v - weights[k].detach()
        metadata["move/" + k] = repr((move * hashed("probe/" + k, list(v.shape))).sum().item())
        metadata["length/" + k] = repr(move.norm().item())
    save(f"{out}/{name}.safetensors", result, metadata)
    print(name, {k: v for k, v in metadata.items() if k.startswith("step")})


if __name__ == "__main__":
    run(sys.argv[1], "step-paper", squared=False, attr_weight=0.0, residual=False, keep_gradients=True)
    run(sys.argv[1], "step-recommended-losses", squared=True, attr_weight=1.0, residual=False, keep_gradients=False)
    run(sys.argv[1], "step-residual", squared=True, attr_weight=1.0, residual=True, keep_gradients=False)
