#!/usr/bin/env python3
"""The DRN of the paper in PyTorch: the same network, losses and Adam, to compare results and speed with.

    drn_torch.py compare DIR [--device cuda]     DIR from: ./obverse measure --out DIR
    drn_torch.py bench [--device cuda] [--width 64 --size 128 --batch 32 --steps 30] [--modes fp32,tf32,...]

compare runs the forward pass and the losses on our weights and batch and fails if a value is further away than float32
explains. bench times a whole training step in every mode (fp32, tf32, bf16, each eager, with torch.compile, and, as
-graph, with torch.compile's CUDA graphs), channels_last, cudnn.benchmark on, each loss read one step late as we do, and
prints one JSON line for each. Needs PyTorch and nothing else.
"""

import argparse
import json
import statistics
import struct
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

SLOPE = 0.2
TOLERANCE = 1e-4  # float32 through some 30 layers of up to 9 * 512 products


class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, padding=1)
        self.conv2 = nn.Conv2d(cout, cout, 3, padding=1)

    def forward(self, x):
        x = F.leaky_relu(self.conv1(x), SLOPE)
        return F.leaky_relu(self.conv2(x), SLOPE)


class Encoder(nn.Module):
    def __init__(self, width, size, embedding):
        super().__init__()
        cin = 3
        for stage in range(1, 5):
            cout = width << (stage - 1)
            setattr(self, f"stage{stage}", Block(cin, cout))
            cin = cout
        self.head = nn.Linear((size // 8) ** 2 * 8 * width, embedding)

    def forward(self, x):
        maps = []
        for stage in range(1, 5):
            if stage > 1:
                x = F.max_pool2d(x, 2)
            x = getattr(self, f"stage{stage}")(x)
            maps.append(x)
        return maps, self.head(x.permute(0, 2, 3, 1).flatten(1))


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fuse = Block(16 * width, 8 * width)
        for up, c in ((1, 4 * width), (2, 2 * width), (3, width)):
            setattr(self, f"up{up}", nn.ConvTranspose2d(2 * c, c, 2, stride=2))
            setattr(self, f"block{up}", Block(3 * c, c))
        self.out = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, identity, attribute):
        x = self.fuse(torch.cat([identity[3], attribute[3]], 1))
        for up in (1, 2, 3):
            x = getattr(self, f"up{up}")(x)
            x = getattr(self, f"block{up}")(torch.cat([x, identity[3 - up], attribute[3 - up]], 1))
        return torch.sigmoid(self.out(x))


class Drn(nn.Module):
    def __init__(self, width, size, embedding):
        super().__init__()
        self.identityEncoder = Encoder(width, size, embedding)
        self.attributeEncoder = Encoder(width, size, embedding)
        self.decoder = Decoder(width)

    def forward(self, original, fake):
        n = original.shape[0]
        both = torch.cat([original, fake]).contiguous(memory_format=torch.channels_last)
        identity, z = self.identityEncoder(both)
        attribute, a = self.attributeEncoder(both)
        images = self.decoder(identity, attribute)
        _, z_t = self.identityEncoder(images[n:])
        return images[:n], images[n:], z[:n], z[n:], z_t, a[:n], a[n:]


def losses(original, recognised, passes):
    """Eq. 7 of the paper; cycle has weight 5."""
    reconstruction, traced, z_o, z_f, z_t, a_o, a_f = [p.float() for p in passes]
    cos = lambda u, v: F.cosine_similarity(u, v, dim=1)
    terms = {
        "id": F.l1_loss(z_o, F.normalize(recognised, dim=1)),
        "redun": (cos(z_o, a_o) + cos(z_f, a_f)).mean(),
        "recon": F.mse_loss(reconstruction, original),
        "map": F.l1_loss(z_f, z_o.detach()),
        "gen": F.mse_loss(traced, original),
        "cycle": F.l1_loss(z_t, z_o.detach()),
    }
    return terms, sum((5.0 if k == "cycle" else 1.0) * v for k, v in terms.items())


def read(path):
    """A safetensors file of float32 as tensors by name."""
    with open(path, "rb") as f:
        (n,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(n))
        data = f.read()
    out = {}
    for name, entry in header.items():
        if name != "__metadata__":
            assert entry["dtype"] == "F32", name
            a, b = entry["data_offsets"]
            out[name] = torch.frombuffer(bytearray(data[a:b]), dtype=torch.float32).reshape(entry["shape"])
    return out


def load(model, weights):
    """Our layouts are [KH,KW,Cin,Cout], also of transposed convolutions, and [out,in]."""
    state = {}
    for name, w in weights.items():
        if w.dim() == 4:
            w = w.permute(2, 3, 0, 1) if ".up" in name else w.permute(3, 2, 0, 1)
        state[name] = w.contiguous()
    model.load_state_dict(state)


def exact():
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def compare(folder, device):
    exact()
    weights, step = read(folder + "/weights.safetensors"), read(folder + "/step.safetensors")
    n, size = step["original"].shape[:2]
    model = Drn(weights["decoder.out.weight"].shape[2], size, weights["identityEncoder.head.bias"].shape[0])
    load(model, weights)
    model = model.to(device).to(memory_format=torch.channels_last)
    images = [step[k].permute(0, 3, 1, 2).to(device) for k in ("original", "fake")]
    with torch.no_grad():
        passes = model(*images)
        terms, total = losses(images[0], step["recognised"].to(device), passes)
    found = {
        "reconstruction": passes[0].permute(0, 2, 3, 1),
        "traced": passes[1].permute(0, 2, 3, 1),
        "identityOfTraced": passes[4],
        "attributeOfFake": passes[6],
        "loss.total": total,
    } | {"loss." + k: v for k, v in terms.items()}
    worst = 0.0
    for name, value in found.items():
        ours, theirs = step[name].double(), value.double().cpu()
        d = ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-3)).item()
        worst = max(worst, d)
        print(f"{name:18} {d:.1e} apart, relative to the largest value")
    ok = worst <= TOLERANCE
    print(f"forward and losses {'agree' if ok else 'DIFFER'}: {worst:.1e}, allowed {TOLERANCE:.0e}")
    return 0 if ok else 1


def bench(a):
    torch.backends.cudnn.benchmark = True
    cuda = a.device.startswith("cuda")
    name = torch.cuda.get_device_name(0) if cuda else "cpu"
    if cuda:
        ceilings(a.device)
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    for mode in a.modes.split(","):
        precision, compiled = mode.split("-")[0], mode.split("-")[1:]
        torch.manual_seed(1)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision != "fp32"
        model = Drn(a.width, a.size, 512).to(a.device).to(memory_format=torch.channels_last)
        adam = torch.optim.Adam(model.parameters(), lr=3e-4, betas=(0.5, 0.999), fused=cuda)
        images = [torch.rand(a.batch, 3, a.size, a.size, device=a.device).to(memory_format=torch.channels_last) for _ in "of"]
        recognised = torch.randn(a.batch, 512, device=a.device)

        def forward(original, fake):
            with torch.autocast("cuda" if cuda else "cpu", torch.bfloat16, enabled=precision == "bf16"):
                passes = model(original, fake)
            return losses(original, recognised, passes)[1]

        run = forward
        if compiled:
            run = torch.compile(forward, mode="reduce-overhead" if compiled == ["graph"] else "default")
        times, values, earlier = [], [], None
        try:
            for i in range(a.warmup + a.steps):
                start = time.perf_counter()
                adam.zero_grad(set_to_none=True)
                loss = run(*images)
                loss.backward()
                adam.step()
                if earlier is not None:
                    values.append(earlier.item())
                earlier = loss.detach().clone()
                if i >= a.warmup:
                    times.append(time.perf_counter() - start)
        except Exception as e:  # torch.compile may lack a compiler, or memory may not suffice
            print(json.dumps({"mode": mode, "failed": str(e).splitlines()[0][:200]}), flush=True)
            continue
        values.append(earlier.item())
        ms = statistics.median(times) * 1e3
        print(json.dumps({
            "pytorch": torch.__version__, "device": name, "mode": mode, "medianMs": ms, "minMs": min(times) * 1e3,
            "imagesPerSecond": a.batch / ms * 1e3, "firstLoss": values[0], "lastLoss": values[-1],
            "peakMiB": torch.cuda.max_memory_allocated() >> 20 if cuda else None,
        }), flush=True)
        del model, adam, run
        if cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
    return 0


def ceilings(device):
    """What the card does at best: copies of 1 GiB, products of 8192 x 8192."""
    def best(f, n=10):
        f()
        torch.cuda.synchronize()
        times = []
        for _ in range(n):
            start = time.perf_counter()
            f()
            torch.cuda.synchronize()
            times.append(time.perf_counter() - start)
        return min(times)

    x = torch.empty(1 << 28, device=device)
    y = torch.empty_like(x)
    result = {"copyTBs": 2 * x.numel() * 4 / best(lambda: y.copy_(x)) / 1e12}
    del x, y
    for name, dtype, tf32 in (("fp32", torch.float32, False), ("tf32", torch.float32, True), ("bf16", torch.bfloat16, True)):
        torch.backends.cuda.matmul.allow_tf32 = tf32
        m = torch.randn(8192, 8192, device=device, dtype=dtype)
        result[name + "TFLOPs"] = 2 * 8192**3 / best(lambda: m @ m) / 1e12
    print(json.dumps({"ceilings": result}), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["compare", "bench"])
    p.add_argument("folder", nargs="?", default=".")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--width", type=int, default=64)
    p.add_argument("--size", type=int, default=128)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--steps", type=int, default=30)
    p.add_argument("--warmup", type=int, default=5)
    p.add_argument("--modes", default="fp32,tf32,bf16,tf32-compile,bf16-compile,bf16-graph")
    a = p.parse_args()
    return compare(a.folder, a.device) if a.what == "compare" else bench(a)


if __name__ == "__main__":
    sys.exit(main())
