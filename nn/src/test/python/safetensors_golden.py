"""Writes a file with the safetensors library for the tests of dev.obverse.nn.checkpoint (made with 0.8.0, numpy 2.4).

    python safetensors_golden.py ../resources/dev/obverse/nn/checkpoint/golden.safetensors
"""

import sys

import numpy as np
from safetensors import TensorSpec, serialize_file

halves = np.array([[1.5, -2.0, 65504.0], [np.inf, 2.0**-24, 0.0]], np.float16)
floats = np.array([1.5, -0.1, 3.0e38, 1.0e-45], np.float32)
doubles = np.array([0.1, 1.0e300], np.float64)
brains = (np.array([1.0, -3.140625, 1.0e38], np.float32).view(np.uint32) >> 16).astype(np.uint16)

tensors = {
    "half": ("float16", [2, 3], halves),
    "float": ("float32", [2, 1, 2], floats),
    "double": ("float64", [2], doubles),
    "brain": ("bfloat16", [3], brains),
    "scalar": ("float32", [], np.array(7, np.float32)),
    "empty": ("float32", [0, 5], np.zeros(0, np.float32)),
    "steps": ("int64", [], np.array(12, np.int64)),
}
serialize_file(
    {
        name: TensorSpec(dtype=dtype, shape=shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
        for name, (dtype, shape, array) in tensors.items()
    },
    sys.argv[1],
    {"format": "pt", "text": "Gesicht, лицо, 顔"},
)
