"""Two tiny detectors built like SCRFD and YuNet, and what InsightFace and OpenCV find with them, for OnnxFaceDetectorTest:
drn-model/src/test/resources/dev/obverse/drn/detect.

    pip install torch onnx onnxruntime opencv-python
    python drn-model/src/test/python/detector_golden.py SCRFD_PY

SCRFD_PY is python-package/insightface/model_zoo/scrfd.py of github.com/deepinsight/insightface.
"""

import importlib.util
import json
import pathlib
import sys

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

OUT = pathlib.Path(__file__).parents[1] / "resources/dev/obverse/drn/detect"
STRIDES = [8, 16, 32]
# Where the five points lie, in units of half the face's size.
FACE = torch.tensor([-0.4, -0.3, 0.4, -0.3, 0.0, 0.1, -0.35, 0.5, 0.35, 0.5])


class Pyramid(nn.Module):
    """Features at strides 8, 16 and 32, the coarse ones added to the fine ones."""

    def __init__(self, width):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, 2, 1)
        self.down = nn.ModuleList(nn.Conv2d(width, width, 3, 2, 1) for _ in range(2))
        self.lateral = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in range(3))

    def forward(self, x):
        c = [F.avg_pool2d(F.relu(self.stem(x)), 4)]
        for down in self.down:
            c.append(F.relu(down(c[-1])))
        p = [lateral(y) for lateral, y in zip(self.lateral, c)]
        for i in (1, 0):  # Shape, Slice, Concat and Resize, as mmdetection exports it
            p[i] = p[i] + F.interpolate(p[i + 1], size=p[i].shape[2:], mode="nearest")
        return p


def heads(width, channels, kernel=3):
    return nn.ModuleList(nn.Conv2d(width, channels, kernel, 1, kernel // 2) for _ in range(3))


class Scrfd(nn.Module):
    def __init__(self, batched=False):
        super().__init__()
        self.batched = batched
        self.pyramid = Pyramid(6)
        self.score, self.box, self.points = heads(6, 2, 1), heads(6, 8), heads(6, 20)
        for box, points in zip(self.box, self.points):
            box.weight.data *= 0.5
            box.bias.data += torch.tensor([1.6, 1.8, 1.6, 1.8, 2.4, 2.6, 2.4, 2.6])
            points.weight.data *= 0.5
            points.bias.data += torch.cat([1.8 * FACE, 2.6 * FACE])

    def logits(self, x):
        return [score(y) for score, y in zip(self.score, self.pyramid(x))]

    def forward(self, x):
        def rows(y, channels):
            return y.permute(0, 2, 3, 1).reshape(*((1, -1) if self.batched else (-1,)), channels)

        features = self.pyramid(x)
        return (
            *(rows(f(y), 1).sigmoid() for f, y in zip(self.score, features)),
            *(rows(f(y), 4) for f, y in zip(self.box, features)),
            *(rows(f(y), 10) for f, y in zip(self.points, features)),
        )


class YuNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.pyramid = Pyramid(6)
        self.cls, self.obj, self.bbox, self.kps = heads(6, 1), heads(6, 1, 1), heads(6, 4), heads(6, 10)
        self.score = self.obj
        for box, points in zip(self.bbox, self.kps):
            box.weight.data *= 0.5
            box.bias.data = torch.tensor([0.3, 0.4, 1.3, 1.5])
            points.weight.data *= 0.5
            points.bias.data += 2 * FACE
        for cls in self.cls:
            cls.bias.data += 1.0

    def logits(self, x):
        return [obj(y / 128) for obj, y in zip(self.obj, self.pyramid(x))]

    def forward(self, x):
        features = [y / 128 for y in self.pyramid(x)]  # it is given 0 to 255
        rows = lambda y, channels: y.permute(0, 2, 3, 1).reshape(1, -1, channels)
        return (
            *(rows(f(y), 1).sigmoid() for f, y in zip(self.cls, features)),
            *(rows(f(y), 1).sigmoid() for f, y in zip(self.obj, features)),
            *(rows(f(y), 4) for f, y in zip(self.bbox, features)),
            *(rows(f(y), 10) for f, y in zip(self.kps, features)),
        )


class Boxes(nn.Module):
    """Scores and boxes without points, as Ultra-Light detectors give them."""

    def __init__(self):
        super().__init__()
        self.scores, self.boxes = nn.Conv2d(3, 2, 1), nn.Conv2d(3, 4, 1)

    def forward(self, x):
        y = F.avg_pool2d(x, 16)
        return tuple(f(y).permute(0, 2, 3, 1).reshape(1, -1, c) for f, c in ((self.scores, 2), (self.boxes, 4)))


def picture(seed, width, height, count, step=8):
    """Coloured cones, some over the border, on dark ground, in steps and without noise, so that the file is small."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    image = np.full((height, width, 3), 40.0)
    for _ in range(count):
        cx, cy, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(15, 70)
        d = np.hypot((x - cx) / r, (y - cy) / r / 1.3)
        image += np.clip(1.3 * (1 - d), 0, 1)[..., None] * (rng.integers(60, 256, 3) - image)
    return (np.round(image / step) * step).clip(0, 256 - step).astype(np.uint8)


def doubled(image):
    """Twice as large, structured below the size of two pixels; averages of 2x2 are exactly the image."""
    large = image.repeat(2, 0).repeat(2, 1).astype(int)
    checks = np.where(np.add.outer(np.arange(large.shape[0]), np.arange(large.shape[1])) % 2 == 0, 7, -7)
    return (large + np.where(large == 0, 0, checks[..., None])).astype(np.uint8)


def calibrate(net, inputs, empty, counts):
    """Scores so that what stands out is found, at about so many places of a stride in all pictures together."""
    levels = [torch.cat([y.flatten() for y in level]) for level in zip(*(net.logits(x) for x in inputs))]
    for score, level, nothing, count, top in zip(net.score, levels, net.logits(empty), counts, [4, 3.3, 2.7]):
        ground = level.median()
        sign = 1 if level.max() - ground > ground - level.min() else -1
        nth = (sign * level).sort(descending=True).values[count]
        zero = max(nth, (sign * nothing).max() + 0.01)
        steep = top / ((sign * level).max() - zero)
        score.weight.data *= sign * steep
        score.bias.data = steep * (sign * score.bias.data - zero)


def blob(image, width, height, mean, scale, swap):
    padded = np.zeros((height, width, 3), np.uint8)
    padded[: image.shape[0], : image.shape[1]] = image
    return torch.from_numpy(cv2.dnn.blobFromImage(padded, 1 / scale, None, (mean,) * 3, swapRB=swap))


def export(net, name, x, outputs, dynamic):
    """Without names for the outputs they become numbers, as in InsightFace's files."""
    axes = {"input": {2: "height", 3: "width"}} if dynamic else None
    torch.onnx.export(
        net, x, OUT / name, input_names=["input"], output_names=outputs, dynamic_axes=axes, opset_version=11, dynamo=False
    )


def insightface(module, file, image, size):
    found, points = module.SCRFD(str(OUT / file)).detect(image, 0.5, input_size=size)
    height, width = image.shape[:2]
    tall = height / width > size[1] / size[0]
    fitted = (int(size[1] / (height / width)), size[1]) if tall else (size[0], int(size[0] * (height / width)))
    # It goes back by the scale of the rows in both directions; ours is the scale that each was resized by.
    x = (fitted[1] / height) / (fitted[0] / width)
    faces = [[f[4], *f[:4], *p.flatten()] for f, p in zip(found, points)]
    return [[face[0], *(v * (x if i % 2 == 0 else 1) for i, v in enumerate(face[1:]))] for face in faces]


def opencv(file, image, side=None):
    """Scaled down to 640 pixels at most, and padded to a square if the file wants one."""
    height, width = image.shape[:2]
    scale = min(1, 640 / max(height, width))
    fitted = (int(width * scale), int(height * scale))
    small = cv2.resize(image, fitted, interpolation=cv2.INTER_AREA) if scale < 1 else image
    if side:
        small = cv2.copyMakeBorder(small, 0, side - fitted[1], 0, side - fitted[0], cv2.BORDER_CONSTANT, value=0)
    detector = cv2.FaceDetectorYN.create(str(OUT / file), "", small.shape[1::-1], 0.6, 0.3, 5000)
    _, found = detector.detect(small)
    x, y = width / fitted[0], height / fitted[1]
    faces = [] if found is None else found.astype(float)
    return [
        [f[14], f[0] * x, f[1] * y, (f[0] + f[2]) * x, (f[1] + f[3]) * y, *(f[4:14].reshape(5, 2) * [x, y]).flatten()]
        for f in faces
    ]


if __name__ == "__main__":
    spec = importlib.util.spec_from_file_location("scrfd", sys.argv[1])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    OUT.mkdir(parents=True, exist_ok=True)
    pictures = {
        "square": picture(1, 640, 640, 12),
        "wide": doubled(picture(2, 640, 200, 8)),
        "tall": picture(3, 210, 640, 8),
        "small": picture(4, 320, 240, 6, 16),  # in steps of 16 bilinear doubling is exact in bytes
        "odd": picture(5, 900, 701, 14),
        "empty": np.full((96, 96, 3), 40, np.uint8),
    }
    for name, image in pictures.items():
        cv2.imwrite(str(OUT / f"{name}.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    samples = [pictures["square"], picture(2, 640, 200, 8), pictures["tall"], cv2.resize(pictures["empty"], (640, 640))]

    torch.manual_seed(21)  # one that finds a few in every picture and none in the empty one
    cases = []
    with torch.no_grad():
        net = Scrfd()
        *inputs, empty = (blob(s, 640, 640, 127.5, 128, True) for s in samples)
        calibrate(net, inputs, empty, [20, 8, 4])
        export(net, "scrfd.onnx", torch.zeros(1, 3, 640, 640), None, True)
        export(net, "scrfd-320x256.onnx", torch.zeros(1, 3, 256, 320), None, False)
        net.batched = True
        export(net, "scrfd-batched.onnx", torch.zeros(1, 3, 640, 640), None, True)
        for name, image in pictures.items():
            faces = insightface(module, "scrfd.onnx", image, (640, 640))
            cases.append({"model": "scrfd", "picture": name, "faces": faces})
        cases.append({"model": "scrfd-batched", "picture": "square", "faces": cases[0]["faces"]})
        faces = insightface(module, "scrfd-320x256.onnx", pictures["small"], (320, 256))
        cases.append({"model": "scrfd-320x256", "picture": "small", "faces": faces})

        net = YuNet()
        *inputs, empty = (blob(s, 640, 640, 0, 1, False) for s in samples)
        calibrate(net, inputs, empty, [20, 8, 4])
        outputs = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in STRIDES]
        export(net, "yunet.onnx", torch.zeros(1, 3, 640, 640), outputs, True)
        export(net, "yunet-640.onnx", torch.zeros(1, 3, 640, 640), outputs, False)
        export(Boxes(), "boxes.onnx", torch.zeros(1, 3, 48, 64), ["scores", "boxes"], False)
        for name, image in pictures.items():
            cases.append({"model": "yunet", "picture": name, "faces": opencv("yunet.onnx", image)})
            cases.append({"model": "yunet-640", "picture": name, "faces": opencv("yunet-640.onnx", image, 640)})
    for case in cases:
        case["faces"] = [[round(float(v), 5) for v in face] for face in case["faces"]]
        print(case["model"], case["picture"], len(case["faces"]), "faces")
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / "detections.json").write_text(f"[\n{lines}\n]\n")
