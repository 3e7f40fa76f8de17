"""Writes golden.json beside the tests of dev.obverse.nn.metric. Needs numpy and scikit-image (made with 0.26.0).

    python metrics_golden.py ../resources/dev/obverse/nn/metric/golden.json

The images come from a recurrence over 32-bit integers that the Java test repeats, so no image files are needed.
"""

import json
import sys

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

# height, width, channels, amplitude of the second image's noise, how many levels a value can take
CASES = [
    (11, 11, 3, 0.2, 255),
    (17, 23, 1, 0.05, 255),
    (32, 32, 3, 0.5, 255),
    (48, 64, 3, 0.02, 1 << 24),
    (64, 40, 4, 0.1, 1 << 24),
    (128, 128, 3, 0.08, 255),
]


def noise(count, seed):
    """Numbers on [0, 1): x -> 1664525 x + 1013904223 modulo 2^32, top 24 bits."""
    values = np.empty(count, np.float64)
    x = seed
    for i in range(count):
        x = (1664525 * x + 1013904223) % (1 << 32)
        values[i] = (x >> 8) / (1 << 24)
    return values


def images(height, width, channels, amplitude, levels):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    pattern = ((3 * x + 5 * y + 40 * c) % 97) / 97.0
    a = 0.7 * pattern + 0.3 * noise(pattern.size, 1).reshape(pattern.shape)
    b = a + amplitude * (noise(pattern.size, 2).reshape(pattern.shape) - 0.5)
    a, b = (np.floor(np.clip(v, 0, 1) * levels + 0.5) / levels for v in (a, b))
    return a.astype(np.float32), b.astype(np.float32)


def main():
    golden = []
    for height, width, channels, amplitude, levels in CASES:
        a, b = images(height, width, channels, amplitude, levels)
        eight_bits = [np.floor(v.astype(np.float64) * 255 + 0.5).astype(np.uint8) for v in (a, b)]
        a, b = a.astype(np.float64), b.astype(np.float64)
        ssim = {"data_range": 1.0, "channel_axis": 2}
        golden.append(
            {
                "height": height,
                "width": width,
                "channels": channels,
                "amplitude": amplitude,
                "levels": levels,
                "psnr": float(peak_signal_noise_ratio(*eight_bits, data_range=255)),
                "ssimGaussian": float(
                    structural_similarity(
                        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, **ssim
                    )
                ),
                "ssimUniform": float(structural_similarity(a, b, **ssim)),
            }
        )
    with open(sys.argv[1], "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


main()
