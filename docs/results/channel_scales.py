#!/usr/bin/env python3
"""What scales per row are worth on networks trained in PyTorch: the table of channel-scales.md.

    docs/results/channel_scales.py COLCOMB DATA FOLDER [MODEL.onnx ...]

COLCOMB is the program, DATA the folder of CIFAR-10; FOLDER takes what is written. Without models a
MobileNetV2 of 0.35 of the width is trained on 10,000 images, 6 epochs, and exported to FOLDER.
Needs Debian's python3-torch and python3-torchvision for that.
"""

import json
import subprocess
import sys
from pathlib import Path

# Of MobileNetV2 (expansion, channels, blocks, stride), with less stride for 32 x 32 pixels.
BLOCKS = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1],
          [6, 160, 3, 1], [6, 320, 1, 1]]


def trained(data: Path, folder: Path) -> Path:
    sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "python"))
    import resnet18_cifar10 as cifar  # its data, training loop and export
    import torch
    from torchvision.models import MobileNetV2

    torch.manual_seed(1)
    images, labels = cifar.load(data, "train")
    model = MobileNetV2(num_classes=10, width_mult=0.35, inverted_residual_setting=BLOCKS,
                        dropout=0.0)
    cifar.train(model, images[:10000], labels[:10000], epochs=6, rate=0.1, batch=128)
    path = folder / "mobilenet_v2.onnx"
    cifar.export(model, path)
    return path


def main() -> None:
    program, data, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    models = [Path(model) for model in sys.argv[4:]] or [trained(data, folder)]
    source = ["--dataset", "cifar10", "--dataset-root", str(data)]

    def run(*arguments: str) -> dict:
        done = subprocess.run([program, *arguments, "--json"], check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    for model in models:
        checkpoint = str(folder / (model.stem + ".ckpt"))
        subprocess.run([program, "import", str(model), "--out", checkpoint, *source], check=True,
                       stdout=subprocess.DEVNULL)
        for scales in ("layer", "channel"):
            packed = str(folder / f"{model.stem}.{scales}.packed")
            check = run("quantize", checkpoint, "--out", packed, "--weight-scales", scales,
                        "--check", "--check-images", "100", *source)["check"]
            outcome = check["weight_scales"][scales]
            rows = check["weight_scales"]["layers"]
            worst = min(layer[scales]["weights_snr_db"] for layer in rows
                        if layer[scales]["weights_snr_db"] is not None)
            top1 = run("eval", packed, *source)["integer"]["top1"]
            print(model.stem, scales, f"top-1 {100 * top1:.2f} %", f"as float {outcome['agreeing']}",
                  f"logits {outcome['logits_snr_db']:.1f} dB", f"worst weights {worst:.1f} dB",
                  flush=True)


if __name__ == "__main__":
    main()
