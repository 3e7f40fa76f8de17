"""A narrow IResNet in PyTorch for IResNetTest: drn-model/src/test/resources/dev/obverse/drn/face.

    pip install torch && python drn-model/src/test/python/iresnet_golden.py
"""

import pathlib

import numpy as np
import torch
from torch import nn

OUT = pathlib.Path(__file__).parents[1] / "resources/dev/obverse/drn/face"
torch.manual_seed(5)


def conv(i, o, k, s=1):
    return nn.Conv2d(i, o, k, s, k // 2, bias=False)


class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(i)
        self.conv1 = conv(i, o, 3)
        self.bn2 = nn.BatchNorm2d(o)
        self.prelu = nn.PReLU(o)
        self.conv2 = conv(o, o, 3, s)
        self.bn3 = nn.BatchNorm2d(o)
        self.downsample = nn.Sequential(conv(i, o, 1, s), nn.BatchNorm2d(o)) if s > 1 else None

    def forward(self, x):
        y = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
        return y + (x if self.downsample is None else self.downsample(x))


class IResNet(nn.Module):
    def __init__(self, blocks, width, size, embedding):
        super().__init__()
        self.conv1, self.bn1, self.prelu = conv(3, width, 3), nn.BatchNorm2d(width), nn.PReLU(width)
        i = width
        for stage, count in enumerate(blocks):
            o = width << stage
            layers = [Block(i if b == 0 else o, o, 2 if b == 0 else 1) for b in range(count)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            i = o
        self.bn2 = nn.BatchNorm2d(i)
        self.fc = nn.Linear(i * (size // 16) ** 2, embedding)
        self.features = nn.BatchNorm1d(embedding)

    def forward(self, x):
        x = self.prelu(self.bn1(self.conv1(x)))
        for stage in range(1, 5):
            x = getattr(self, f"layer{stage}")(x)
        return self.features(self.fc(self.bn2(x).flatten(1)))


print("IResNet-50 has", sum(p.numel() for p in IResNet([3, 4, 14, 3], 64, 112, 512).parameters()), "weights")
net = IResNet([1, 2, 1, 1], 2, 32, 6)
for m in net.modules():
    if isinstance(m, (nn.BatchNorm2d, nn.BatchNorm1d)):
        m.running_mean.normal_(0, 0.2)
        m.running_var.uniform_(0.5, 2)
net.eval()
x = torch.randn(2, 3, 32, 32)
torch.save(net.state_dict(), OUT / "iresnet.pt")
np.savez(OUT / "iresnet.npz", x=x.numpy(), y=net(x).detach().numpy())
