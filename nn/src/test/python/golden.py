"""Writes ../resources/dev/obverse/nn/golden.json: what PyTorch computes, in float64, for the tests of this module.

Run: pip install torch && python golden.py
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)


def flat(tensor):
    return tensor.detach().reshape(-1).tolist()


def optimizer(make):
    """Five steps from fixed weights along fixed gradients."""
    weight = torch.nn.Parameter(torch.linspace(-1.5, 2.0, 6))
    steps = []
    optimiser = make([weight])
    for k in range(5):
        weight.grad = torch.sin(torch.arange(6.0) * (k + 1)) + 0.1 * k
        optimiser.step()
        steps.append(flat(weight))
    return {"initial": torch.linspace(-1.5, 2.0, 6).tolist(),
            "gradients": [(torch.sin(torch.arange(6.0) * (k + 1)) + 0.1 * k).tolist() for k in range(5)],
            "weights": steps}


def batch_norm():
    norm = torch.nn.BatchNorm2d(3)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([0.5, 1.5, -1.0]))
        norm.bias.copy_(torch.tensor([0.1, -0.2, 0.3]))
    inputs, outputs = [], []
    for k in range(2):
        x = torch.randn(2, 4, 5, 3) * (k + 1) + k  # channels last
        inputs.append(flat(x))
        outputs.append(flat(norm(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)))
    norm.eval()
    evaluated = flat(norm(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1))
    return {"shape": [2, 4, 5, 3], "weight": flat(norm.weight), "bias": flat(norm.bias), "inputs": inputs,
            "outputs": outputs, "runningMean": flat(norm.running_mean), "runningVar": flat(norm.running_var),
            "evaluated": evaluated}


def group_norm():
    norm = torch.nn.GroupNorm(2, 6)
    with torch.no_grad():
        norm.weight.copy_(torch.linspace(-1, 1, 6))
        norm.bias.copy_(torch.linspace(0, 0.5, 6))
    x = torch.randn(2, 3, 2, 6)
    y = norm(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    return {"shape": [2, 3, 2, 6], "weight": flat(norm.weight), "bias": flat(norm.bias), "x": flat(x), "y": flat(y)}


def margin(kind):
    """The formulas of InsightFace's losses, with the derivative of the cross entropy."""
    m, s = (0.35, 64.0) if kind == "cosface" else (0.5, 64.0)
    # Rows 0 and 1 lie beyond the angle at which cos(theta + m) would rise again, and between it and a right angle.
    weight = torch.randn(4, 5)
    embeddings = torch.randn(6, 5)
    labels = torch.tensor([0, 1, 2, 3, 2, 1])
    embeddings[0] = -weight[0] + 0.05 * torch.randn(5)
    embeddings[1] = -0.4 * weight[1] + 0.8 * torch.randn(5)
    embeddings.requires_grad_()
    cosine = F.linear(F.normalize(embeddings), F.normalize(weight))
    right = cosine.gather(1, labels[:, None])
    sine = torch.sqrt(1 - right * right)
    turned = right * math.cos(m) - sine * math.sin(m)
    if kind == "cosface":
        harder = right - m
    elif kind == "arcface":
        harder = torch.where(right > math.cos(math.pi - m), turned, right - math.sin(math.pi - m) * m)
    else:
        harder = torch.where(right > 0, turned, right)
    logits = s * torch.scatter(cosine, 1, labels[:, None], harder)
    F.cross_entropy(logits, labels).backward()
    return {"margin": m, "scale": s, "weight": flat(weight), "embeddings": flat(embeddings), "labels": labels.tolist(),
            "logits": flat(logits), "gradient": flat(embeddings.grad), "rightCosines": flat(right)}


def schedule(make):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimiser)
    factors = []
    for _ in range(12):
        factors.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return factors


def clip():
    parameters = [torch.nn.Parameter(torch.zeros(3)), torch.nn.Parameter(torch.zeros(2))]
    parameters[0].grad = torch.tensor([3.0, -4.0, 0.5])
    parameters[1].grad = torch.tensor([1.0, 2.0])
    norm = torch.nn.utils.clip_grad_norm_(parameters, 2.0)
    return {"norm": norm.item(), "clipped": flat(parameters[0].grad) + flat(parameters[1].grad)}


golden = {
    "torch": torch.__version__.split("+")[0],
    "sgd": optimizer(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
    "sgdPlain": optimizer(lambda p: torch.optim.SGD(p, lr=0.1)),
    "sgdNesterov": optimizer(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
    "adam": optimizer(lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.5, 0.999), weight_decay=0.1)),
    "adamW": optimizer(lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1)),
    "batchNorm": batch_norm(),
    "groupNorm": group_norm(),
    "arcface": margin("arcface"),
    "arcfaceEasy": margin("arcfaceEasy"),
    "cosface": margin("cosface"),
    "stepSchedule": schedule(lambda o: torch.optim.lr_scheduler.StepLR(o, 4, 0.3)),
    "cosineSchedule": schedule(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 11, 0.1)),
    "clip": clip(),
}
target = Path(__file__).parent.parent / "resources/dev/obverse/nn/golden.json"
target.write_text(json.dumps(golden, indent=1) + "\n")
