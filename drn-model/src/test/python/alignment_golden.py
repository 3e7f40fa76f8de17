"""Expected crops for FaceAlignmentTest: PyTorch's grid_sample, bilinear and black beyond the edge.

    pip install torch && python drn-model/src/test/python/alignment_golden.py
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).parents[1] / "resources/dev/obverse/drn/detect/alignment.json"
WIDTH, HEIGHT, SIZE = 24, 20, 16


def picture():
    y, x, c = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), torch.arange(3), indexing="ij")
    return ((x * 7 + y * 13 + c * 5) * 37 % 251).double() / 255


def crop(a, b, dx, dy):
    """The transform takes positions in the picture, from its corner, to those in the crop."""
    square = a * a + b * b
    grid = math.ceil(1 / math.sqrt(square) - 1e-6)
    n = SIZE * grid
    v, u = torch.meshgrid(torch.arange(n, dtype=torch.float64), torch.arange(n, dtype=torch.float64), indexing="ij")
    u, v = (u + 0.5) / grid - dx, (v + 0.5) / grid - dy
    x = (a * u + b * v) / square
    y = (a * v - b * u) / square
    # grid_sample without align_corners: -1 and 1 are the picture's outer edges
    where = torch.stack([2 * x / WIDTH - 1, 2 * y / HEIGHT - 1], -1)[None]
    sampled = F.grid_sample(picture().permute(2, 0, 1)[None], where, "bilinear", "zeros", align_corners=False)
    return F.avg_pool2d(sampled, grid)[0].permute(1, 2, 0).flatten()


cases = []
for a, b, dx, dy in [(1, 0, 0, 0), (1.7, 0.4, -9, -5), (0.9, -0.6, 2, 9), (0.35, 0.1, 4, 3)]:
    values = [round(v, 6) for v in crop(a, b, dx, dy).tolist()]
    cases.append({"a": a, "b": b, "dx": dx, "dy": dy, "crop": values})
OUT.write_text(json.dumps({"width": WIDTH, "height": HEIGHT, "size": SIZE, "cases": cases}))
