"""PyTorch files for PyTorchFileTest: nn/src/test/resources/dev/obverse/nn/checkpoint.

    pip install torch && python nn/src/test/python/pytorch_golden.py
"""

import io
import os
import pathlib
import pickle
import zipfile

import numpy as np
import torch

OUT = pathlib.Path(__file__).parents[1] / "resources/dev/obverse/nn/checkpoint"
torch.manual_seed(3)
base = torch.randn(4, 5)
tensors = {
    "half": torch.tensor([1.5, -2, 65504], dtype=torch.float16),
    "brain": torch.tensor([1.5, -2, 3e38], dtype=torch.bfloat16),
    "double": torch.tensor([0.1, 1e300], dtype=torch.float64),
    "long": torch.tensor([-(2**53), 7]),
    "bool": torch.tensor([True, False, True]),
    "byte": torch.tensor([0, 255], dtype=torch.uint8),
    "nested": {"scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3)},
    "transposed": base.T,
    "part": base[1:3, 2:],
    "parameter": torch.nn.Parameter(torch.ones(2)),
}
settings = {"epoch": 3, "lr": 0.5, "name": "net", "betas": (0.9, 0.999), "none": None, "flag": True}
torch.save({**tensors, "settings": settings}, OUT / "golden.pt")
torch.save({**tensors, "settings": settings}, OUT / "golden-legacy.pt", _use_new_zipfile_serialization=False)


def flat(prefix, value):
    if isinstance(value, dict):
        return {k: v for name, part in value.items() for k, v in flat(prefix + [name], part).items()}
    return {".".join(prefix): value.detach().to(torch.float64).numpy()}


np.savez(OUT / "golden-pt.npz", **flat([], tensors))


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/evil",)


with zipfile.ZipFile(OUT / "evil.pt", "w") as z:
    z.writestr("evil/data.pkl", pickle.dumps({"weight": Evil()}, protocol=2))
    z.writestr("evil/version", "3")

net = torch.nn.Sequential(
    torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(),
    torch.nn.ConvTranspose2d(4, 2, 2, stride=2), torch.nn.Flatten(), torch.nn.Linear(2 * 4 * 6, 3),
)
net[1].running_mean.normal_()
net[1].running_var.uniform_(0.5, 2)
net.eval()
x = torch.randn(2, 3, 2, 3)
torch.save({"state_dict": {"module." + k: v for k, v in net.state_dict().items()}}, OUT / "net.pt")
np.savez(OUT / "net.npz", x=x.numpy(), y=net(x).detach().numpy())
